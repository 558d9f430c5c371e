// The catalogue: districts and policies as YAML, loaded on first start by the commands that the API uses.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { JSON_SCHEMA, load } from 'js-yaml';
import { CATALOGUE_DIRECTORY } from './catalogue-directory.js';
import { draftOfDto, PublishPolicyDto } from './policy.dto.js';
import type { PolicyDraft } from './policy.js';
import { DistrictDto } from '../schools/school.dto.js';
import type { District } from '../schools/school.events.js';
import { DEFAULT_CENSUS } from '../schools/school.js';

export interface Catalogue {
  district: District;
  policies: PolicyDraft[];
}

export class CatalogueError extends Error {
  override name = 'CatalogueError';
}

const NAME = /^[a-z0-9-]+$/;

/** Reads catalogues; read together, each is confined to its own district. */
export function readCatalogues(names: readonly string[]): Catalogue[] {
  const catalogues = names.map(readCatalogue);
  return catalogues.length > 1 ? catalogues.map(confined) : catalogues;
}

function readCatalogue(name: string): Catalogue {
  const directory = join(CATALOGUE_DIRECTORY, name);
  const files = NAME.test(name) ? filesOf(directory) : [];
  if (!files.includes('district.yaml')) throw new CatalogueError(`there is no catalogue named ${name}`);
  const policies = files
    .filter((file) => file !== 'district.yaml')
    .flatMap((file) => (readYaml(join(directory, file)) as { policies: object[] }).policies);
  const { census = DEFAULT_CENSUS, ...district } = checked(
    DistrictDto,
    readYaml(join(directory, 'district.yaml')),
    name,
  );
  return {
    district: { ...district, census },
    policies: policies.map((policy) => draftOfDto(checked(PublishPolicyDto, policy, name))),
  };
}

function filesOf(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((file) => file.endsWith('.yaml'))
      .sort();
  } catch {
    return [];
  }
}

/** With YAML's JSON schema, dates stay text and amounts cannot become floats. */
const readYaml = (file: string): object =>
  load(readFileSync(file, 'utf8'), { schema: JSON_SCHEMA, filename: file }) as object;

/** The files are held to the same shapes as requests. */
function checked<T extends object>(type: new () => T, plain: object, catalogue: string): T {
  const dto = plainToInstance(type, plain);
  const errors = validateSync(dto, { whitelist: true, forbidNonWhitelisted: true });
  if (errors.length > 0) throw new CatalogueError(`catalogue ${catalogue}: ${errors.map(String).join('; ')}`);
  return dto;
}

function confined({ district, policies }: Catalogue): Catalogue {
  const districts = [district.districtId];
  const inDistrict = (policy: PolicyDraft): PolicyDraft => ({
    ...policy,
    versions: policy.versions.map((version) => ({ ...version, eligibility: { ...version.eligibility, districts } })),
  });
  return { district, policies: policies.map(inDistrict) };
}
