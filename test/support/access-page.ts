// docs/reference/access.md as the table of duties says it: the page is made, not written.
import {
  DUTIES,
  DUTY_NAMES,
  dutyOf,
  FIELD_CLASSES,
  OF_A_STUDENT,
  PUBLIC_ROUTES,
  ROLE_NAMES,
  ROLES,
  type DutyName,
  type Extent,
  type FieldClass,
} from '../../src/access/matrix.js';

const HEAD = `# Who may do what 权限表

*Reference.* Roles, scopes, duties and what each shows. This page is made from \`src/access/matrix.ts\`, the table that the service itself
judges every request by; a test holds the page to it (\`AID_WRITE_PAGES=1 npx jest test/docs.spec.ts\` writes it anew). First steps:
[access](../guides/access.md). Why: [decision 36](../decisions/0036-one-matrix-says-who-may-do-what.md).

## How a request is judged
A route that no duty names stops the start of the service. A credential is a key of the ledger, the owner's key, or a token of the
configured issuer; what it allows is one or several pairs of a role and a scope.

1. [Public routes](#public-routes) ask nobody.
2. Too many requests in a minute: \`429 too-many-requests\`.
3. No credential, or one that is unknown, revoked or expired: \`401 unauthenticated\`. Keys and grants are read from the log for every
   request, so a revocation acts on the next one, at every service.
4. No role with the duty of the route: \`403 forbidden\`.
5. Beyond the scope: **\`404\`, in the words for what does not exist**; lists, searches and sums leave it out. What would be made or
   given beyond the scope is refused: \`403 scope-exceeded\` (keys, grants, policies, districts), \`403 outside-scope\` (money of another
   school), \`404\` for a school or district that is named and lies beyond.

Where a caller has several pairs, those whose role has the duty count, and their scopes together say how far it reaches. A role in one
school does not stretch to another. The owner's key has every role and the scope of everything.`;

const SCOPES = `## Scopes 管辖范围
| scope | 中文 | in a key or a grant | holds |
|---|---|---|---|
| everything | 全部 | \`{"all": true}\` | all of it; the only scope of what belongs nowhere |
| province | 省 | \`{"province": "37"}\` | the districts whose \`code\` (GB/T 2260) or \`cityCode\` begins with these digits, as registered now |
| city | 市 | \`{"city": "3708"}\` | the same, four digits |
| district | 区县 | \`{"districtId": "rencheng"}\` | the district and its schools |
| school | 学校 | \`{"schoolId": "2137000001"}\` | the school |

Each holds those below it. A district registered without \`code\` and \`cityCode\` lies in no city and no province.

| what | belongs to |
|---|---|
| student 学生 | every school in which the student is or was enrolled, and its district. Before the first enrolment: the scope of whoever registered the student; after a departure that names \`toSchoolId\`: that school too. Who has the student in scope sees the whole record and history, also what other schools recorded |
| payment, sum 发放、汇总 | the school of the term's census day 基准日, and its district; where the student was enrolled nowhere on that day, wherever the student belongs ([decision 41](../decisions/0041-money-belongs-to-the-census-school.md)) |
| lines of the population 应发名单 | the same |
| school, district | itself; a school is seen within its district, a district from each of its schools |
| policy | read by everybody. Published, amended and withdrawn by who reaches every district that its versions name; a version without \`districts\` is a matter for the scope of everything |
| public notice 公示 | its school and the district of the school |
| key, grant | where its scope lies |
| look 访问记录 | wherever the student belongs |`;

const APART = `## Duties kept apart
- **Exceptions.** A payment that the rules refuse (\`exception\`) needs \`record-exceptions\` besides \`record-payments\`, and is approved by
  somebody else: \`403 same-person\` for who recorded it. Until then it is \`open\`.
- **Keys and pupils.** The administrator gives keys and sees no student. Nobody gives a scope beyond the own one; within it the
  administrator gives any role, also to a key of its own, and that is on record with its name.
- **Personal data.** The key custodian restricts and erases without reading what is erased.
- **Audit.** The auditor reads and changes nothing. Only the auditor reads who saw what, the stored events, and the history of a student
  whose record is otherwise only kept.`;

const told = ({ zh, en }: { zh: string; en: string }): string => `${zh} · ${en}`;

const REACHES: Record<Extent, string> = {
  scope: 'the scope',
  all: 'only with the scope of everything',
  anywhere: 'the same for every scope',
};

const code = (text: string): string => `\`${text}\``;

/** As the other pages write them: `:studentId` → `{studentId}`. */
const route = (text: string): string => code(text.replaceAll(/:(\w+)/g, '{$1}'));

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => (cells.every((cell) => cell === '---') ? `|${cells.join('|')}|` : `| ${cells.join(' | ')} |`))
    .join('\n');

const roles = (): string =>
  table(
    ['role', '中文', 'English'],
    ROLE_NAMES.map((role) => [code(role), ROLES[role].zh, ROLES[role].en]),
  );

const classes = (): string =>
  table(
    ['class', '中文', 'English', 'of a student'],
    (Object.keys(FIELD_CLASSES) as FieldClass[]).map((name) => [
      code(name),
      FIELD_CLASSES[name].zh,
      FIELD_CLASSES[name].en,
      OF_A_STUDENT.has(name) ? '●' : '',
    ]),
  );

const duties = (): string =>
  table(
    ['duty', ...ROLE_NAMES.map((role) => ROLES[role].zh), 'reaches'],
    DUTY_NAMES.map((name) => [
      `${code(name)} ${told(DUTIES[name])}`,
      ...ROLE_NAMES.map((role) => (dutyOf(name).roles.includes(role) ? '●' : '')),
      REACHES[dutyOf(name).extent],
    ]),
  );

const routesOf = (name: DutyName): string =>
  dutyOf(name).routes.map(route).join('<br>') || 'inside the routes of another duty';

const routes = (): string =>
  table(
    ['duty', 'shows', 'routes'],
    DUTY_NAMES.map((name) => [code(name), dutyOf(name).shows.map(code).join(', '), routesOf(name)]),
  );

export const accessPage = (): string =>
  [
    HEAD,
    `## Roles 角色\n${roles()}`,
    `## Duties 权限\n${duties()}`,
    `## What a duty shows, and where\n${routes()}`,
    `## Classes of fields 字段类别
An answer that names a student is a look: who saw whose record, with which duty and which classes, is recorded before it leaves
([decision 37](../decisions/0037-a-look-is-an-event.md)). A command is on record by its own event.\n\n${classes()}`,
    SCOPES,
    APART,
    `## Public routes
They ask for no credential and show nothing of the office; they are not limited in their number.\n\n${PUBLIC_ROUTES.map((each) => `- ${route(each)}`).join('\n')}`,
  ].join('\n\n') + '\n';
