// Records a published table from nothing: the place's policies, a school a stage, every pupil, every payment.
import { showProgress } from '../../cli/progress.js';
import { daysOf, schoolYearOf, termsOf } from '../../core/term.js';
import type { Stage } from '../../core/vocabulary.js';
import type { StudentAnswer } from '../answers.js';
import { inParallel, type Client } from '../client.js';
import type { Group, Place } from './places.js';

/** Requests in flight: enough for the service to share commits. */
const AT_ONCE = 128;

/** First two digits of a school code, by stage. */
const SCHOOL_CLASS: Partial<Record<Stage, string>> = {
  preschool: '11',
  primary: '21',
  'junior-secondary': '31',
  'senior-secondary': '34',
  university: '41',
};

const groupsOf = ({ rows }: Place): Group[] => rows.flatMap(({ groups }) => groups);
const schoolIdOf = ({ province }: Place, stage: Stage): string => `${SCHOOL_CLASS[stage]}${province}990001`;

export async function record(client: Client, place: Place): Promise<void> {
  const { districtId, name, code } = place;
  await client.post('/v1/districts', { districtId, name, code });
  await registerSchools(client, place);
  await publishPolicies(client, place);
  const pupils = groupsOf(place).flatMap((group) => Array.from({ length: group.pupils }, () => group));
  const payments = await registerPupils(client, place, pupils);
  const progress = showProgress('   发放 payments', process.stdout);
  await client.payInBulk(payments, (count) => progress.update(count, payments.length));
  progress.stop();
}

async function registerSchools(client: Client, place: Place): Promise<void> {
  const { districtId, name, setting } = place;
  for (const stage of new Set(groupsOf(place).map((group) => group.stage)))
    await client.post('/v1/schools', {
      schoolId: schoolIdOf(place, stage),
      name: `${name}学校(${stage})`,
      districtId,
      stages: [stage],
      setting,
    });
}

/** One policy for the groups that share its id; what tells the groups apart is what it tests. */
async function publishPolicies(client: Client, place: Place): Promise<void> {
  for (const { zh, en, groups } of place.rows)
    for (const policyId of new Set(groups.map((group) => group.policyId))) {
      const same = groups.filter((group) => group.policyId === policyId);
      await client.post('/v1/policies', {
        policyId,
        name: { zh, en },
        kind: 'subsidy',
        versions: [versionOf(place, same)],
      });
    }
}

function versionOf({ districtId, term, source, name, period }: Place, groups: readonly Group[]): object {
  const [{ boarding, hardship } = {}] = groups;
  return {
    effectiveFrom: term,
    eligibility: {
      districts: [districtId],
      stages: groups.map(({ stage }) => stage),
      ...(boarding !== undefined && { boarding }),
      ...(hardship && { hardship: [hardship] }),
    },
    benefit: { basis: 'per-term', amounts: groups.map(({ stage, rate }) => ({ stage, amount: rate })) },
    legal: {
      document: `${name}公布的资助发放情况,${period}`,
      ...(source.startsWith('http') && { url: source }),
      note: 'The page gives numbers and amounts; the rate is that of the table, and no condition is tested beyond it.',
    },
  };
}

/** Registers and enrols everybody; answers with what is to be paid. */
async function registerPupils(client: Client, place: Place, pupils: readonly Group[]): Promise<object[]> {
  const progress = showProgress('   学生 pupils', process.stdout);
  const payments: object[] = [];
  await inParallel(pupils, AT_ONCE, async (group) => {
    payments.push(paymentOf(place, group, await registerPupil(client, place, group)));
    progress.update(payments.length, pupils.length);
  });
  progress.stop();
  return payments;
}

async function registerPupil(client: Client, place: Place, group: Group): Promise<string> {
  const { stage, boarding = false, hardship } = group;
  const [firstTerm] = termsOf(schoolYearOf(place.term));
  const { from } = daysOf(firstTerm);
  const { studentId } = (await client.post<StudentAnswer>('/v1/students', { name: '占位生' })).body;
  const student = `/v1/students/${studentId}`;
  await client.post(`${student}/enrolments`, { schoolId: schoolIdOf(place, stage), stage, boarding, from });
  if (hardship) await client.post(`${student}/hardship`, { category: hardship, from });
  return studentId;
}

const paymentOf = ({ term, paidOn, districtId }: Place, { policyId, rate }: Group, studentId: string): object => ({
  studentId,
  policyId,
  term,
  paidOn,
  amount: rate,
  method: 'card',
  reference: `${districtId}-${term}`,
});
