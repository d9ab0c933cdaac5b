// Makes a codicon font, and its style sheet, of only the icons that are used: the whole font is larger than the page it serves.
import { readFileSync } from 'node:fs';

const checksumTotal = 0xb1b0afba;

/** The TrueType font with the outlines of all other characters left out, and the style sheet with the rules of these icons only. */
export function iconFont(fontFile, styleFile, names) {
  const rules = new Map(
    [...readFileSync(styleFile, 'utf8').matchAll(/\.codicon-([a-z0-9-]+):before \{ content: "\\([0-9a-f]+)" \}/g)].map((rule) => [
      rule[1],
      rule[2],
    ]),
  );
  const missing = names.filter((name) => !rules.has(name));
  if (missing.length > 0) throw new Error(`There is no icon of the name ${missing.join(', ')}.`);
  const style = [
    '@font-face { font-family: "codicon"; font-display: block; src: url("./codicon.ttf") format("truetype"); }',
    ".codicon[class*='codicon-'] { font: normal normal normal 16px/1 codicon; display: inline-block; text-decoration: none; text-rendering: auto; text-align: center; -webkit-font-smoothing: antialiased; -moz-osx-font-smoothing: grayscale; user-select: none; }",
    ...names.map((name) => `.codicon-${name}:before { content: "\\${rules.get(name)}" }`),
  ].join('\n');
  const characters = new Set(names.map((name) => Number.parseInt(rules.get(name), 16)));
  return { font: withOnly(readFileSync(fontFile), characters), style: `${style}\n` };
}

function withOnly(font, characters) {
  const tables = readTables(font);
  const glyphs = glyphsOf(tables.get('cmap'), characters);
  const { glyf, loca } = outlines(tables, new Set([0, ...glyphs]));
  tables.set('glyf', glyf);
  tables.set('loca', loca);
  // Version 3: no names of glyphs.
  const post = Buffer.from(tables.get('post').subarray(0, 32));
  post.writeUInt32BE(0x00030000, 0);
  tables.set('post', post);
  tables.delete('GSUB');
  return writeTables(font.readUInt32BE(0), tables);
}

function readTables(font) {
  const tables = new Map();
  for (let index = 0; index < font.readUInt16BE(4); index += 1) {
    const at = 12 + index * 16;
    const start = font.readUInt32BE(at + 8);
    tables.set(font.toString('latin1', at, at + 4), font.subarray(start, start + font.readUInt32BE(at + 12)));
  }
  return tables;
}

/** Glyph numbers of characters, by a mapping of format 4: that of the Basic Multilingual Plane. */
function glyphsOf(cmap, characters) {
  for (let index = 0; index < cmap.readUInt16BE(2); index += 1) {
    const map = cmap.subarray(cmap.readUInt32BE(4 + index * 8 + 4));
    if (map.readUInt16BE(0) !== 4) continue;
    const segments = map.readUInt16BE(6);
    const glyphs = [];
    for (const character of characters) {
      for (let at = 0; at < segments; at += 2) {
        const [end, start] = [map.readUInt16BE(14 + at), map.readUInt16BE(16 + segments + at)];
        if (character > end || character < start) continue;
        const delta = map.readUInt16BE(16 + 2 * segments + at);
        const range = map.readUInt16BE(16 + 3 * segments + at);
        const glyph = range === 0 ? character + delta : map.readUInt16BE(16 + 3 * segments + at + range + 2 * (character - start)) + delta;
        glyphs.push(glyph & 0xffff);
        break;
      }
    }
    if (glyphs.length !== characters.size) throw new Error('The icon font lacks a character that its style sheet names.');
    return glyphs;
  }
  throw new Error('The icon font has no character map of format 4.');
}

function outlines(tables, kept) {
  const [loca, glyf] = [tables.get('loca'), tables.get('glyf')];
  const isLong = tables.get('head').readInt16BE(50) === 1;
  const count = tables.get('maxp').readUInt16BE(4);
  const place = (index) => (isLong ? loca.readUInt32BE(index * 4) : loca.readUInt16BE(index * 2) * 2);
  const parts = [];
  const places = Buffer.alloc(loca.length);
  let length = 0;
  for (let index = 0; index <= count; index += 1) {
    if (isLong) places.writeUInt32BE(length, index * 4);
    else places.writeUInt16BE(length / 2, index * 2);
    if (index === count || !kept.has(index)) continue;
    const part = glyf.subarray(place(index), place(index + 1));
    if (part.length > 0 && part.readInt16BE(0) < 0) throw new Error('The icon font has an icon that is made of others.');
    const padded = Buffer.alloc((part.length + 3) & ~3);
    part.copy(padded);
    parts.push(padded);
    length += padded.length;
  }
  return { glyf: Buffer.concat(parts), loca: places };
}

function writeTables(version, tables) {
  const names = [...tables.keys()].sort();
  const power = 2 ** Math.floor(Math.log2(names.length));
  const header = Buffer.alloc(12 + names.length * 16);
  header.writeUInt32BE(version, 0);
  header.writeUInt16BE(names.length, 4);
  header.writeUInt16BE(power * 16, 6);
  header.writeUInt16BE(Math.log2(power), 8);
  header.writeUInt16BE((names.length - power) * 16, 10);
  const head = Buffer.from(tables.get('head'));
  head.writeUInt32BE(0, 8);
  tables.set('head', head);
  const parts = [header];
  let length = header.length;
  let headAt = 0;
  for (const [index, name] of names.entries()) {
    const table = tables.get(name);
    const padded = Buffer.alloc((table.length + 3) & ~3);
    table.copy(padded);
    const at = 12 + index * 16;
    header.write(name, at, 'latin1');
    header.writeUInt32BE(checksum(padded), at + 4);
    header.writeUInt32BE(length, at + 8);
    header.writeUInt32BE(table.length, at + 12);
    if (name === 'head') headAt = length;
    parts.push(padded);
    length += padded.length;
  }
  const font = Buffer.concat(parts);
  font.writeUInt32BE((checksumTotal - checksum(font)) >>> 0, headAt + 8);
  return font;
}

function checksum(data) {
  let sum = 0;
  for (let at = 0; at < data.length; at += 4) sum = (sum + data.readUInt32BE(at)) >>> 0;
  return sum;
}
