import { anyText, concat, isWhollyFrom, originOf, unknownFrom } from '../shell/value.ts';
import { grammar } from './options.ts';
import type { Program } from './registry.ts';

/** Programs that compress and unpack single files. Source: gzip(1), xz(1), zstd(1). */
export const compressors = (): Readonly<Record<string, Program>> => ({
  gunzip: decompressor(true),
  gzip: decompressor(true),
  zcat: decompressor(false),
  bzcat: decompressor(false),
  xzcat: decompressor(false),
  bunzip2: decompressor(true),
  unxz: decompressor(true),
  xz: decompressor(true),
  bzip2: decompressor(true),
  zstd: decompressor(true),
  unzstd: decompressor(true),
  lz4: decompressor(true),
  brotli: decompressor(true),
  zstdcat: decompressor(false),
  gzcat: decompressor(false),
});

/** Compression in place replaces the file; to standard output it only reads. */
function decompressor(inPlace: boolean): Program {
  const options = grammar(
    'c,stdout,to-stdout d,decompress,uncompress k,keep f,force l t v q r,recursive n N o= S,suffix= 1 2 3 4 5 6 7 8 9 T= best fast',
  );
  return (call) => {
    const parsed = call.parse(options);
    for (const file of parsed.operands) {
      call.read(file);
      if (inPlace && !parsed.has('c', 'l', 't')) call.change(concat(file, '.gz'));
      if (inPlace && !parsed.has('c', 'k', 'l', 't')) call.remove(file);
    }
    for (const file of parsed.values('o')) call.write(file);
    if (!call.io.input) return { out: anyText };
    const origin = originOf(call.io.input.text);
    if (isWhollyFrom(call.io.input.text, 'secret')) return { out: unknownFrom('secret') };
    return { out: unknownFrom(origin === 'download' ? 'download' : 'decoded') };
  };
}
