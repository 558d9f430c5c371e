// Field rules for DTOs: each says what it wants in Chinese and English; null and unknown fields are refused.
import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
  type ValidationOptions,
} from 'class-validator';
import { isCivilDate } from '../core/civil-date.js';
import { holdsCitizenNumber, isSchoolCode } from '../core/identifiers.js';
import { isYuanText } from '../core/money.js';
import { isSchoolYear, isTerm } from '../core/term.js';

const rule = (name: string, validate: (value: unknown) => boolean, message: string, options: ValidationOptions = {}) =>
  ValidateBy({ name, validator: { validate } }, { message, ...options });

/** The field may be absent; unlike class-validator's IsOptional it may not be null. */
export const Optional = () => ValidateIf((_, value) => value !== undefined);

/** May be absent or null. */
export const Nullable = () => ValidateIf((_, value) => value !== undefined && value !== null);

const hasControlCharacter = (text: string): boolean => /[\p{Cc}\p{Cs}]/u.test(text);

const isText = (value: unknown, most: number): boolean =>
  typeof value === 'string' && value.trim().length > 0 && [...value].length <= most && !hasControlCharacter(value);

/** Free text of one line. */
export const Text = (most: number) =>
  applyDecorators(
    rule(
      'text',
      (value) => isText(value, most),
      `须为 1 至 ${most} 字的文字 · must be text of 1 to ${most} characters`,
    ),
    ApiProperty({ type: String, minLength: 1, maxLength: most }),
  );

/** What stands in the log as it is may say nothing of a person. */
export const WithoutCitizenNumber = () =>
  rule(
    'open-text',
    (value) => typeof value !== 'string' || !holdsCitizenNumber(value),
    '不得含公民身份号码 · must not contain a citizen number',
  );

/** Free text that stands in the log as it is. */
export const OpenText = (most: number) => applyDecorators(Text(most), WithoutCitizenNumber());

/** Yuan as text with at most two decimals. */
export const Yuan = () =>
  applyDecorators(
    rule(
      'yuan',
      isYuanText,
      '金额须为字符串,单位元,至多两位小数,如 "312.50" · must be a string in yuan with at most two decimals, e.g. "312.50"',
    ),
    ApiProperty({ type: String, pattern: '^(0|[1-9]\\d{0,7})(\\.\\d{1,2})?$', example: '625.00' }),
  );

/** A civil date that exists. */
export const Day = () =>
  applyDecorators(
    rule('date', isCivilDate, '须为存在的日期,如 2026-11-22 · must be a date that exists, e.g. 2026-11-22'),
    ApiProperty({ type: String, format: 'date', example: '2026-11-20' }),
  );

export const TermCode = () =>
  applyDecorators(
    rule('term', isTerm, '须为学期,如 2026-autumn、2027-spring · must be a term, e.g. 2026-autumn or 2027-spring'),
    ApiProperty({ type: String, pattern: '^\\d{4}-(autumn|spring)$', example: '2026-autumn' }),
  );

export const SchoolYearCode = () =>
  applyDecorators(
    rule('school-year', isSchoolYear, '须为学年,如 2026-2027 · must be a school year, e.g. 2026-2027'),
    ApiProperty({ type: String, pattern: '^\\d{4}-\\d{4}$', example: '2026-2027' }),
  );

const SLUG = /^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$/;

/** Our own identifiers: letters, digits, hyphens and underscores. */
export const Slug = () =>
  applyDecorators(
    Matches(SLUG, { message: '须为字母、数字、连字符或下划线 · must be letters, digits, hyphens or underscores' }),
    ApiProperty({ type: String, pattern: SLUG.source }),
  );

/** Words of a list that the caller may name freely: letters, digits and hyphens. */
export const Word = () =>
  applyDecorators(
    rule(
      'word',
      (value) =>
        typeof value === 'string' && /^[\p{L}\p{N}][\p{L}\p{N}-]{0,39}$/u.test(value) && !holdsCitizenNumber(value),
      '须为 1 至 40 个字母、数字或连字符,不得含公民身份号码 · must be 1 to 40 letters, digits or hyphens, and no citizen number',
    ),
    ApiProperty({ type: String, maxLength: 40 }),
  );

export const Pattern = (pattern: RegExp, message: string) =>
  applyDecorators(Matches(pattern, { message }), ApiProperty({ type: String, pattern: pattern.source }));

/** School code 学校标识码. */
export const SchoolCode = () =>
  applyDecorators(
    rule(
      'school-code',
      (value) => typeof value === 'string' && isSchoolCode(value),
      '须为 10 位学校标识码 · must be a school code of 10 digits',
    ),
    ApiProperty({ type: String, pattern: '^\\d{10}$', example: '2137000001' }),
  );

export const OneOf = (values: readonly string[]) =>
  applyDecorators(
    IsIn(values, { message: `须为其中之一 · must be one of ${values.join(', ')}` }),
    ApiProperty({ type: String, enum: values }),
  );

export const Flag = () =>
  applyDecorators(IsBoolean({ message: '须为 true 或 false · must be true or false' }), ApiProperty({ type: Boolean }));

export const Count = (least: number, most: number) => {
  const message = `须为 ${least} 至 ${most} 的整数 · must be a whole number from ${least} to ${most}`;
  return applyDecorators(
    IsInt({ message }),
    Min(least, { message }),
    Max(most, { message }),
    ApiProperty({ type: Number, minimum: least, maximum: most }),
  );
};

/** A list of words that satisfy a rule; no word twice. */
export const ListOf = (isItem: (value: string) => boolean, what: string, least = 0) => {
  const message = `须为列表 · must be a list of ${what}, none twice`;
  return applyDecorators(
    IsArray({ message }),
    ArrayMinSize(least, { message }),
    ArrayMaxSize(100, { message }),
    ArrayUnique({ message }),
    rule(
      'list',
      (value) => Array.isArray(value) && value.every((item) => typeof item === 'string' && isItem(item)),
      message,
    ),
    ApiProperty({ type: [String] }),
  );
};

export const isSlug = (text: string): boolean => SLUG.test(text);

/** A nested object with fields of its own. */
export const Nested = (type: () => new () => object) =>
  applyDecorators(
    IsObject({ message: '须为对象 · must be an object' }),
    ValidateNested(),
    Type(type),
    // Swagger takes a function for a late reference only where it is written in place.
    ApiProperty({ type: () => type() }),
  );

export const NestedList = (type: () => new () => object, least = 0) => {
  const message = `须为至少 ${least} 项的列表 · must be a list of at least ${least} objects`;
  return applyDecorators(
    IsArray({ message }),
    ArrayMinSize(least, { message }),
    ArrayMaxSize(100, { message }),
    IsObject({ each: true, message }),
    ValidateNested({ each: true }),
    Type(type),
    ApiProperty({ type: () => type(), isArray: true }),
  );
};

/** A whole number in a query string. */
export const WholeNumber = (least: number, most: number) =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value,
    ),
    Count(least, most),
  );

/** A comma-separated list in a query string. */
export const CommaList = (values: readonly string[]) =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.split(',') : value)),
    ListOf((item) => values.includes(item), values.join(', '), 1),
  );

/** An instant or a ledger position. */
export const KnownAt = () =>
  applyDecorators(
    rule(
      'known-at',
      (value) =>
        typeof value === 'string' &&
        (/^\d{1,15}$/.test(value) ||
          (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(value) && !Number.isNaN(Date.parse(value)))),
      '须为 UTC 时刻或台账位置 · must be an instant in UTC or a ledger position',
    ),
    ApiProperty({ type: String, example: '2026-11-22T08:00:00.000Z' }),
  );
