import type { Case, ShellName } from '../room.ts';

/** A makefile and what is run with it. */
const withMakefile = (lines: readonly string[], command = 'make', shell: ShellName = 'bash'): Case => ({
  shell,
  script: `cat > Makefile <<'EOF'\n${lines.join('\n')}\nEOF\n${command}\n`,
});

/** What make does for a makefile that the command has written. */
export const makefiles: readonly Case[] = [
  withMakefile(['R = alpha', 'R += 1', 'all: two', '\t$(R) a \\', '\t  b', 'two: ; beta $@']),
  withMakefile(['x != alpha read', 'y := $(shell beta read)', 'all: ; gamma $(x)$(y)', '\t@echo $(shell delta recipe)']),
  withMakefile(['%.x: ; alpha $* $@', 'b%: ; beta $@', '.DEFAULT: ; gamma $@'], 'make one.x by other; make -j2 two.x'),
  withMakefile(['SRCS = $(wildcard *.txt)', 'all: $(SRCS:.txt=.out)', '\talpha $^', '%.out: %.txt', '\tbeta $< $@ $*']),
  withMakefile(['L = a.c b.c', 'all: ; alpha $(patsubst %.c,%.o,$(L)) $(addprefix x/,$(L)) $(notdir d/e) $(filter-out b%,$(L))']),
  withMakefile(['f = alpha $(1) $(2)', 'all:', '\t$(call f,one,two)', '\t$(foreach i,1 2,beta $(i);)', '\t$(if x,gamma yes,gamma no)']),
  withMakefile(['define r', 'alpha in define', 'endef', 'all: ; $(r)']),
  withMakefile(['.RECIPEPREFIX = >', 'all:', '> alpha 1', 'T = named', '$(T): ; beta $@'], 'make all; make named'),
  withMakefile(['.ONESHELL:', 'all:', '\tcd sub', '\ttouch made', '\talpha "$$PWD"']),
  withMakefile(['.DEFAULT_GOAL := b', 'a: ; alpha', 'b:: ; beta 1', 'b:: ; beta 2 # not a comment of make']),
  withMakefile(
    ['all: X = alpha 1', 'all: ; $(X)', 'ifdef NONE', 'Y = beta', 'else', 'Y = gamma', 'endif', 'b: ; $(Y) $(Z)'],
    'make; make b Z=2',
  ),
  withMakefile(
    ['all: ; @alpha $(V) $$v', 'include more.mk', '-include none.mk'],
    "printf 'all: two\\ntwo: ; beta\\n' > more.mk; v=1 make V=set",
  ),
  withMakefile(['export v := from', 'all: ; alpha $$v', 'CC = beta cc', 'a.o: a.c', 'a.c: ; touch a.c'], 'make; make a.o'),
  withMakefile(['all: ; alpha one'], "printf 'all: ; beta two\\n' > b.mk; make -f Makefile; make -f b.mk; make -f Makefile -f b.mk"),
  withMakefile(['all: ; $(MAKE) sub && alpha', 'sub: ; cd sub && touch by-make; rm -f c.log']),
  withMakefile(['all: ; rm -f x; touch y; alpha "$$PWD"'], 'mv Makefile sub; touch sub/x; make -C sub; alpha "$PWD"'),
  withMakefile(
    ['%: %.c', '\talpha $< $@', '%.c: %.y', '\tbeta $<', '%.y: %.z', '\tgamma $< ; touch $@', 'x.z: ; touch x.z'],
    'touch a.c; make a; make x',
  ),
  withMakefile(['all: ; $(R) x', 'R = gamma'], "make R='$(S)' S='alpha 1'; make R='beta $(S)'"),
  withMakefile(['all: $(wildcard s*/*.txt *.txt)', '\talpha $^'], "rm 'two words.txt'; touch sub/n.txt z.txt; make"),
  withMakefile(
    ['X = $(shell git log -1 --format=%s)', 'all: ; alpha "$(X)"', 'include $(HOME)/more.mk', 'b: ; beta'],
    "printf 'b: c\\nc: ; gamma\\n' > ~/more.mk; make; make b",
  ),
];
