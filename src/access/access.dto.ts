// The shapes in which keys and grants are asked for, and the filters of the access log.
import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ValidateBy } from 'class-validator';
import { Day, OneOf, Optional, Pattern, Slug, OpenText, Text, WithoutCitizenNumber } from '../http/fields.js';
import { PageQuery } from '../http/page.dto.js';
import { ROLE_NAMES, type Role } from './matrix.js';
import { isScope, type Scope } from './scope.js';

const ScopeField = () =>
  applyDecorators(
    ValidateBy(
      { name: 'scope', validator: { validate: isScope } },
      {
        message:
          '须为 {"all":true}、{"province":"37"}、{"city":"3708"}、{"districtId":"…"} 或 {"schoolId":"…"} 之一 · must be one of these',
      },
    ),
    ApiProperty({
      type: 'object',
      additionalProperties: false,
      properties: {
        all: { type: 'boolean', enum: [true] },
        province: { type: 'string', pattern: '^\\d{2}$' },
        city: { type: 'string', pattern: '^\\d{4}$' },
        districtId: { type: 'string' },
        schoolId: { type: 'string', pattern: '^\\d{10}$' },
      },
      minProperties: 1,
      maxProperties: 1,
      example: { districtId: 'rencheng' },
    }),
  );

class PermissionDto {
  @OneOf(ROLE_NAMES)
  role!: Role;

  /** Exactly one of the names, from the widest to the narrowest. */
  @ScopeField()
  scope!: Scope;

  /** Last day on which it holds; until further notice where it is absent. */
  @Optional()
  @Day()
  expiresOn?: string;
}

export class IssueKeyDto extends PermissionDto {
  /** Whose key it is; stands beside everything that is recorded with it. */
  @OpenText(100)
  name!: string;
}

export class GiveGrantDto extends PermissionDto {
  /** Value of the token's claim, e.g. a subject or a group. */
  @Pattern(
    /^[^\s\p{C}](?:[^\p{C}\p{Zl}\p{Zp}]{0,198}[^\s\p{C}])?$/u,
    '须为 1 至 200 个可见字符,首尾不留空格 · must be 1 to 200 visible characters, without blanks at its ends',
  )
  @WithoutCitizenNumber()
  holder!: string;

  /** First day on which it holds; today where it is absent. */
  @Optional()
  @Day()
  from?: string;
}

export class RevokeDto {
  @Text(500)
  reason!: string;
}

export class AccessLogQuery extends PageQuery {
  @Optional()
  @Slug()
  studentId?: string;

  /** Id of a caller, as `GET /v1/me` names it. */
  @Optional()
  @Pattern(/^[\x21-\x7e]{1,220}$/, '须为 GET /v1/me 所示的 principal · must be a principal as GET /v1/me names it')
  principal?: string;

  /** First civil day. */
  @Optional()
  @Day()
  from?: string;

  /** Last civil day. */
  @Optional()
  @Day()
  to?: string;
}
