// The office of a scenario: the real deciders on the real ledger, in memory, with the real catalogue published.
import { EVERYTHING } from '../../src/core/reach.js';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { Clock } from '../../src/core/clock.js';
import type { Decider } from '../../src/core/decider.js';
import type { DomainEvent } from '../../src/core/event.js';
import { METHODS_OF } from '../../src/core/vocabulary.js';
import { Ledger, Sealer } from '../../src/event-store/ledger.js';
import { MemoryEventStore } from '../../src/event-store/memory-event-store.js';
import type { Catalogue } from '../../src/policies/catalogue.js';
import { draftOfDto, PolicyVersionDto, PublishPolicyDto, termsOfDto } from '../../src/policies/policy.dto.js';
import { amend, policyDecider, publish, withdraw, type Policy, type PolicyDraft } from '../../src/policies/policy.js';
import type { PolicyEvent } from '../../src/policies/policy.events.js';
import type { District } from '../../src/schools/school.events.js';
import { districtDecider, registerDistrict, registerSchool, schoolDecider } from '../../src/schools/school.js';
import { giveBack, reverse } from '../../src/students/account.js';
import { depart, determine, enrol, register, revoke } from '../../src/students/facts.js';
import { record } from '../../src/students/payment.js';
import type { StudentEvent } from '../../src/students/student.events.js';
import { demandKnown, studentDecider, studentStream, type Student } from '../../src/students/student.js';
import type { Step, Steps, Word } from './scenario.js';

class Calendar extends Clock {
  day = '2000-01-01';

  override now = (): Date => new Date(`${this.day}T04:00:00.000Z`);
}

class OpenSealer extends Sealer {
  override async seal(_: string, __: string, { data }: DomainEvent): Promise<object> {
    return data;
  }
}

export class Office {
  readonly clock = new Calendar();
  readonly store = new MemoryEventStore(this.clock.now);
  readonly policies = new Map<string, Policy>();
  private readonly ledger = new Ledger(this.store, new OpenSealer());
  private readonly districts = new Map<string, District>();
  private readonly schools: string[] = [];
  /** The present pupil. */
  private pupil = '';
  private payments = 0;
  private lastPayment = '';
  private commands = 0;

  async open(catalogues: readonly Catalogue[]): Promise<void> {
    for (const { district, policies } of catalogues) {
      this.districts.set(district.districtId, district);
      await this.execute(`district-${district.districtId}`, districtDecider, (known) =>
        registerDistrict(known, district),
      );
      for (const policy of policies) await this.publish(policy);
    }
  }

  /** The present pupil as the ledger knows him or her. */
  async student(): Promise<Student> {
    const { state } = await this.ledger.load(studentStream(this.pupil), studentDecider);
    return demandKnown(state, this.pupil, EVERYTHING);
  }

  play(step: Step): Promise<DomainEvent[]> {
    // A step's word and its words belong together (`Step`); the compiler does not follow that through the table.
    return (this.steps[step.word] as (of: Step['of']) => Promise<DomainEvent[]>)(step.of);
  }

  private readonly steps: { [W in Word]: (of: Steps[W]) => Promise<DomainEvent[]> } = {
    today: async (day) => {
      this.clock.day = day;
      return [];
    },
    student: async ({ name, groups: studentGroups = [] }) => {
      this.pupil = name;
      const data = { studentId: name, name, studentGroups };
      const decide = (known: Student | null) => (known ? [] : register(null, data));
      return this.execute(studentStream(name), studentDecider, decide);
    },
    enrolled: async ({ school, boarding = false, ...of }) => {
      const { school: facts, district } = await this.schoolOf(school);
      const stage = of.stage ?? district.gradeStages?.[of.grade ?? ''];
      if (!stage) throw new Error(`no stage for grade ${of.grade}`);
      const enrolmentId = `enrolment-${this.commands}`;
      return this.change(this.pupil, (student) =>
        enrol(student.facts, { enrolmentId, school: facts, boarding, ...of, stage }),
      );
    },
    departed: ({ date, reason }) => this.change(this.pupil, ({ facts }) => depart(facts, date, reason)),
    hardship: (of) => {
      const determinationId = `determination-${this.commands}`;
      return this.change(this.pupil, ({ facts }) => determine(facts, { determinationId, ...of }));
    },
    revoked: ({ category, from }) =>
      this.change(this.pupil, ({ facts }) => {
        const known = facts.determinations.findLast((each) => category === undefined || each.category === category);
        const determinationId = known?.determinationId ?? 'none';
        return revoke(facts, { determinationId, from, reason: '复核不符' });
      }),
    paid: ({ policy: policyId, as, student = this.pupil, method, ...of }) => {
      this.lastPayment = as ?? `payment-${++this.payments}`;
      const kind = this.policies.get(policyId)?.kind ?? 'subsidy';
      const [usual = 'card'] = METHODS_OF[kind];
      const order = { paymentId: this.lastPayment, policyId, method: method ?? usual, reference: 'V-1', ...of };
      return this.change(student, (pupil) =>
        record(pupil, order, this.policies, this.clock.today(), { id: 'clerk', reach: EVERYTHING }),
      );
    },
    returned: ({ payment: paymentId = this.lastPayment, ...of }) =>
      this.change(this.pupil, ({ account }) =>
        giveBack(account, { paymentId, reference: 'R-1', ...of }, this.clock.today()),
      ),
    reversed: ({ payment: paymentId = this.lastPayment }) =>
      this.change(this.pupil, ({ account }) => reverse(account, { paymentId, reason: '录入错误' }, this.clock.today())),
    published: (body) => this.publish(draftOfDto(held(PublishPolicyDto, body))),
    amended: ({ policy, version }) => {
      const terms = termsOfDto(held(PolicyVersionDto, version));
      return this.changePolicy(policy, (known) => amend(known, policy, terms));
    },
    withdrawn: ({ policy, from }) =>
      this.changePolicy(policy, (known) => withdraw(known, policy, from, '国家政策调整')),
  };

  private publish(draft: PolicyDraft): Promise<DomainEvent[]> {
    return this.changePolicy(draft.policyId, (known) => publish(known, draft));
  }

  private async changePolicy(
    policyId: string,
    decide: (policy: Policy | null) => PolicyEvent[],
  ): Promise<DomainEvent[]> {
    const stream = `policy-${policyId}`;
    const events = await this.execute(stream, policyDecider, decide);
    const { state } = await this.ledger.load(stream, policyDecider);
    if (state) this.policies.set(policyId, state);
    return events;
  }

  private change(pupil: string, decide: (student: Student) => StudentEvent[]): Promise<DomainEvent[]> {
    return this.execute(studentStream(pupil), studentDecider, (student) =>
      decide(demandKnown(student, pupil, EVERYTHING)),
    );
  }

  /** The school of these particulars, registered when first named. */
  private async schoolOf({
    name = '某校',
    district: districtId = 'rencheng',
    setting,
    inclusive = false,
  }: Steps['enrolled']['school']) {
    const district = this.districts.get(districtId);
    if (!district) throw new Error(`no district ${districtId}`);
    const key = [name, districtId, setting, inclusive].join('/');
    if (!this.schools.includes(key)) this.schools.push(key);
    const schoolId = String(2_137_000_001 + this.schools.indexOf(key));
    const particulars = { schoolId, name, districtId, stages: [], setting, inclusiveKindergarten: inclusive };
    await this.execute(`school-${schoolId}`, schoolDecider, (known) => registerSchool(known, particulars));
    const { census } = district;
    return { district, school: { schoolId, districtId, setting, inclusiveKindergarten: inclusive, census } };
  }

  /** Every accepted command is sent twice: the second time must have no effect and the same answer. */
  private async execute<State, Event extends DomainEvent>(
    stream: string,
    decider: Decider<State, Event>,
    decide: (state: State) => Event[],
  ): Promise<Event[]> {
    const actor = { id: 'clerk', role: 'school-clerk', name: 'Clerk 专干' };
    const commandId = `command-${++this.commands}`;
    const context = { actor, commandId, fingerprint: commandId, requestId: commandId, reach: EVERYTHING } as const;
    const first = await this.ledger.execute({ stream, decider, context, decide });
    const again = await this.ledger.execute({ stream, decider, context, decide });
    expect(again).toEqual({ ...first, replayed: first.events.length > 0 });
    return first.events;
  }
}

function held<T extends object>(type: new () => T, plain: object): T {
  const dto = plainToInstance(type, plain);
  const errors = validateSync(dto, { whitelist: true, forbidNonWhitelisted: true });
  if (errors.length > 0) throw new Error(errors.map(String).join('; '));
  return dto;
}
