// Where the catalogue files are: beside this module, in the sources and in the build alike.
import { join } from 'node:path';

export const CATALOGUE_DIRECTORY = join(import.meta.dirname, 'catalogue');
