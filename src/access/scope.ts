// A scope 管辖范围 as a key or a grant names it: everything, a province, a city, a district or a school.
import { isSchoolCode } from '../core/identifiers.js';
import type { Whereabouts } from '../core/reach.js';

export type Scope =
  { all: true } | { province: string } | { city: string } | { districtId: string } | { schoolId: string };

const isText =
  (pattern: RegExp) =>
  (value: unknown): boolean =>
    typeof value === 'string' && pattern.test(value);

const VALUES: Readonly<Record<string, (value: unknown) => boolean>> = {
  all: (value) => value === true,
  province: isText(/^\d{2}$/),
  city: isText(/^\d{4}$/),
  districtId: isText(/^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$/),
  schoolId: (value) => typeof value === 'string' && isSchoolCode(value),
};

/** Exactly one of the names, with a value of its kind. */
export function isScope(value: unknown): value is Scope {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const [[name, held] = [''], ...more] = Object.entries(value as Record<string, unknown>);
  return more.length === 0 && Object.hasOwn(VALUES, name) && VALUES[name]?.(held) === true;
}

/** Where a scope lies; that of everything lies nowhere, so that only who reaches everything reaches it. */
export function whereaboutsOf(scope: Scope, districtOf?: string): Whereabouts {
  if ('all' in scope) return {};
  if ('province' in scope) return { area: scope.province };
  if ('city' in scope) return { area: scope.city };
  if ('districtId' in scope) return scope;
  return { ...scope, ...(districtOf !== undefined && { districtId: districtOf }) };
}

/** `schoolId=2137000001`, for people. */
export const scopeText = (scope: Scope): string =>
  Object.entries(scope)
    .map(([name, value]) => (value === true ? name : `${name}=${String(value)}`))
    .join();
