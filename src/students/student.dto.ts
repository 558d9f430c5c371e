// The shapes in which facts about students arrive.
import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';
import { holdsCitizenNumber, isCitizenNumber, isStudentNumber } from '../core/identifiers.js';
import { DEPARTURE_REASONS, STAGES, type DepartureReason, type Stage } from '../core/vocabulary.js';
import { Day, Flag, ListOf, OneOf, Optional, SchoolCode, Text, Word } from '../http/fields.js';
import { PageQuery } from '../http/page.dto.js';
import { HARDSHIP_CATEGORIES } from './hardship-categories.js';

const Checked = (name: string, isValid: (text: string) => boolean, message: string, example: string) =>
  applyDecorators(
    ValidateBy({ name, validator: { validate: (value) => typeof value === 'string' && isValid(value) } }, { message }),
    ApiProperty({ type: String, example }),
  );

const CitizenNumber = () =>
  Checked(
    'citizen-number',
    isCitizenNumber,
    '公民身份号码须为 18 位且校验位正确 · must be 18 characters with a correct check digit',
    '11010519491231002X',
  );

const StudentNumber = () =>
  Checked(
    'student-number',
    isStudentNumber,
    '学籍号须为 G、J 或 L 加 18 位 · must be G, J or L and 18 characters',
    'G11010519491231002X',
  );

/** `6` and `"6"` are the same grade. */
const Grade = () =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) => (Number.isInteger(value) ? String(value) : value)),
    Word(),
  );

const isWord = (text: string): boolean => /^[\p{L}\p{N}][\p{L}\p{N}-]{0,39}$/u.test(text) && !holdsCitizenNumber(text);

export class RegisterStudentDto {
  @Text(60)
  name!: string;

  /** National student number 学籍号. */
  @Optional()
  @StudentNumber()
  studentNumber?: string;

  /** Citizen number 公民身份号码. */
  @Optional()
  @CitizenNumber()
  citizenNumber?: string;

  @Optional()
  @Day()
  birthDate?: string;

  /** Groups that policies may test, e.g. `left-behind-child`, `migrant-workers-children`, `disabled`. */
  @Optional()
  @ListOf(isWord, 'student groups')
  studentGroups?: string[];
}

export class EnrolStudentDto {
  /** School code 学校标识码. */
  @SchoolCode()
  schoolId!: string;

  /** May be left out where the district's table gives the grade a stage. */
  @Optional()
  @OneOf(STAGES)
  stage?: Stage;

  @Optional()
  @Grade()
  grade?: string;

  /** Lives at school. */
  @Flag()
  boarding!: boolean;

  @Optional()
  @OneOf(['new-entrant'])
  admission?: 'new-entrant';

  /** First day. */
  @Day()
  from!: string;

  /** Last day. */
  @Optional()
  @Day()
  until?: string;
}

export class DepartStudentDto {
  /** School that may enrol the student from now on; where it is absent, only a scope that holds this school can. */
  @Optional()
  @SchoolCode()
  toSchoolId?: string;

  /** First day on which the student is no longer enrolled. */
  @Day()
  date!: string;

  @OneOf(DEPARTURE_REASONS)
  reason!: DepartureReason;
}

export class DetermineHardshipDto {
  @OneOf(Object.keys(HARDSHIP_CATEGORIES))
  category!: string;

  /** Level or tier, as the policies' amounts name it. */
  @Optional()
  @Word()
  level?: string;

  /** First day. */
  @Day()
  from!: string;

  /** Last day. */
  @Optional()
  @Day()
  until?: string;

  /** What the determination rests on; sealed. */
  @Optional()
  @Text(500)
  evidence?: string;
}

export class RevokeHardshipDto {
  /** First day on which it no longer holds. */
  @Day()
  from!: string;

  @Text(500)
  reason!: string;
}

export class SearchStudentDto {
  @CitizenNumber()
  citizenNumber!: string;
}

export class StudentQuery extends PageQuery {
  @Optional()
  @StudentNumber()
  studentNumber?: string;

  /** Students who are or were enrolled there. */
  @Optional()
  @SchoolCode()
  schoolId?: string;
}
