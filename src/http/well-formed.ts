// The rules of a body's DTO, looked up once and asked one after the other. class-validator looks them up anew for every
// object and prepares to report; nearly every object breaks none of them. What does, or may, is left to class-validator.
import type { Type } from '@nestjs/common';
import { getMetadataStorage, ValidationTypes, type ValidationArguments } from 'class-validator';
import { groupBy } from '../core/group.js';

/** The DTO of a value that breaks no rule; undefined where it breaks one, or where that cannot be told here. */
export type Reader = (value: object) => object | undefined;

type Asks = (object: object, value: unknown) => boolean;

interface Field {
  /** The conditions under which its rules are asked. */
  conditions: readonly Asks[];
  rules: readonly Asks[];
}

type Metadata = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

export function readerOf(type: Type<object>): Reader {
  const fields = fieldsOf(type);
  return (value) => {
    if (fields.size === 0 || !Object.keys(value).every((name) => fields.has(name))) return undefined;
    const dto = Object.assign(new type() as Record<string, unknown>, value);
    for (const [name, field] of fields) if (!keepsRules(field, dto, dto[name])) return undefined;
    return dto;
  };
}

const keepsRules = ({ conditions, rules }: Field, object: object, value: unknown): boolean =>
  !conditions.every((holds) => holds(object, value)) || rules.every((isKept) => isKept(object, value));

function fieldsOf(type: Type<object>): ReadonlyMap<string, Field> {
  // As for an object of the type: by no schema, in no group.
  const metadata = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  return new Map(
    [...groupBy(metadata, ({ propertyName }) => propertyName)].map(([name, ofField]) => [name, fieldOf(ofField)]),
  );
}

function fieldOf(metadata: readonly Metadata[]): Field {
  const isCondition = ({ type }: Metadata): boolean => type === ValidationTypes.CONDITIONAL_VALIDATION;
  return {
    conditions: metadata.filter(isCondition).map(({ constraints }) => constraints[0] as Asks),
    rules: metadata.filter((one) => !isCondition(one)).flatMap(rulesOf),
  };
}

/** Lists and objects in an object. */
const cannotTell: Asks = () => false;

function rulesOf({ type, each, constraintCls, constraints, propertyName }: Metadata): Asks[] {
  if (type !== ValidationTypes.CUSTOM_VALIDATION || each) return [cannotTell];
  return getMetadataStorage()
    .getTargetValidatorConstraints(constraintCls)
    .map(({ instance }) => (object, value) => {
      const { name: targetName } = object.constructor;
      const about: ValidationArguments = { targetName, property: propertyName, object, value, constraints };
      // A promise is no answer yet.
      return instance.validate(value, about) === true;
    });
}
