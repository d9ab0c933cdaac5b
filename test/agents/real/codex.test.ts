import { matrix } from '../../support/agents/matrix.ts';

matrix('codex');
