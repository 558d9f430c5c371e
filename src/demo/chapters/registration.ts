// Chapter: the catalogue that the ledger starts with, then schools, pupils, enrolments and hardship determinations.
import { padded, widthOf } from '../../cli/table.js';
import type { PolicyAnswer, StudentAnswer } from '../answers.js';
import type { Client } from '../client.js';
import { Office } from '../office.js';
import { PUPILS, type DemoEnrolment, type DemoPupil } from '../pupils.js';
import { SCHOOLS } from '../schools.js';
import { chapter, done, line, remark } from '../transcript.js';

export async function register(client: Client): Promise<Office> {
  const office = new Office(client, await policies(client));
  chapter('登记学校与学生', 'Schools and pupils are registered');
  for (const school of Object.values(SCHOOLS)) await client.post('/v1/schools', school);
  done(`学校 schools: ${Object.keys(SCHOOLS).length}`);
  for (const pupil of PUPILS) await registerPupil(office, pupil);
  const determined = PUPILS.filter(({ hardship }) => hardship).length;
  done(`学生 pupils: ${PUPILS.length},其中认定困难 determined in hardship: ${determined}`);
  remark('姓名与证件号在日志中加密,只以掩码示人。 Names and numbers are sealed in the log and shown masked.');
  return office;
}

async function policies(client: Client): Promise<Map<string, PolicyAnswer>> {
  chapter('政策目录', 'The catalogue of policies');
  const { items } = await client.get<{ items: PolicyAnswer[] }>('/v1/policies?limit=500');
  const width = Math.max(...items.map(({ name }) => widthOf(name.zh)));
  for (const { name, kind } of items) line(`${padded(name.zh, width)}  ${padded(kind, 7)}  ${name.en}`);
  done(`${items.length} 项政策 policies,每项有依据 each with its legal source`);
  return new Map(items.map((policy) => [policy.policyId, policy]));
}

async function registerPupil(office: Office, pupil: DemoPupil): Promise<void> {
  const { name, citizenNumber, birthDate, enrolments, hardship } = pupil;
  const { client } = office;
  const { body } = await client.post<StudentAnswer>('/v1/students', {
    name,
    birthDate,
    citizenNumber,
    studentNumber: `G${citizenNumber}`,
  });
  office.enter(name, body.studentId);
  const student = `/v1/students/${body.studentId}`;
  for (const enrolment of enrolments) await client.post(`${student}/enrolments`, enrolmentBody(enrolment));
  if (hardship) await client.post(`${student}/hardship`, hardship);
  remark(`${body.name}  ${body.citizenNumber}  ${placeOf(enrolments)}  ${hardship?.category ?? '—'}`);
}

const enrolmentBody = ({ school, boarding, ...enrolment }: DemoEnrolment): object => ({
  schoolId: SCHOOLS[school].schoolId,
  boarding: boarding === true,
  ...enrolment,
});

function placeOf(enrolments: readonly DemoEnrolment[]): string {
  const last = enrolments.at(-1);
  return last ? `${SCHOOLS[last.school].name}${last.boarding ? ' 寄宿 boarder' : ''}` : '';
}
