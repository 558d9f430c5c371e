// Who may do what 权限表: every route, the duty it belongs to, the roles that have the duty, how far they reach with it
// and which class of fields they see. The guard, the page docs/reference/access.md and a test over every cell read it
// from here; a route that no duty names stops the start.

export const ROLES = {
  'school-clerk': { zh: '学校资助专干', en: 'school clerk' },
  'district-officer': { zh: '区县资助中心人员', en: 'district officer' },
  finance: { zh: '财务人员', en: 'finance' },
  auditor: { zh: '审计人员', en: 'auditor' },
  administrator: { zh: '系统管理员', en: 'administrator' },
  'key-custodian': { zh: '密钥保管人', en: 'key custodian' },
} as const;

export type Role = keyof typeof ROLES;
export const ROLE_NAMES = Object.keys(ROLES) as Role[];
export const isRole = (text: string): text is Role => Object.hasOwn(ROLES, text);

/** What an answer can show, from what everybody may know to a child's name and number in clear. */
export const FIELD_CLASSES = {
  state: { zh: '运行状态', en: 'state of the service and the log' },
  register: { zh: '公开登记:政策、区县、学校', en: 'public registers: policies, districts, schools' },
  figures: { zh: '汇总数', en: 'sums that name nobody' },
  'masked-identity': { zh: '脱敏的姓名与号码', en: 'names and numbers, masked' },
  facts: { zh: '就读与困难认定', en: 'enrolment and hardship of a student' },
  money: { zh: '应发与发放', en: 'entitlements and payments of a student' },
  conduct: { zh: '谁做过什么', en: 'who did what' },
  credentials: { zh: '密钥与授权(不含密钥本身)', en: 'keys and grants, without their secrets' },
  'clear-name': { zh: '公示姓名', en: 'the name on a public notice' },
  'clear-identity': { zh: '姓名与号码原文', en: 'names and numbers in clear' },
} as const;

export type FieldClass = keyof typeof FIELD_CLASSES;

/** Classes of which a look at one student's record consists; such a look is itself recorded. */
export const OF_A_STUDENT: ReadonlySet<FieldClass> = new Set([
  'masked-identity',
  'facts',
  'money',
  'clear-name',
  'clear-identity',
]);

/**
 * How far a duty reaches. `scope`: only to what belongs to the caller's scope; beyond it nothing exists. `all`: only
 * with the scope of everything. `anywhere`: the same for every scope.
 */
export type Extent = 'scope' | 'all' | 'anywhere';

interface Duty {
  zh: string;
  en: string;
  roles: readonly Role[];
  extent: Extent;
  shows: readonly FieldClass[];
  /** Method and path; a duty without a route is asked for inside another one's. */
  routes: readonly string[];
}

const EVERYBODY = ROLE_NAMES;
const AID: readonly Role[] = ['school-clerk', 'district-officer', 'finance', 'auditor'];
const SCHOOL_AND_DISTRICT: readonly Role[] = ['school-clerk', 'district-officer'];
const DISTRICT_AND_FINANCE: readonly Role[] = ['district-officer', 'finance'];

export const DUTIES = {
  'read-policies': {
    zh: '查阅政策',
    en: 'read policies',
    roles: EVERYBODY,
    extent: 'anywhere',
    shows: ['register'],
    routes: ['GET /v1/policies', 'GET /v1/policies/:policyId'],
  },
  'publish-policies': {
    zh: '发布、修订、废止政策',
    en: 'publish, amend and withdraw policies',
    roles: ['district-officer'],
    extent: 'scope',
    shows: ['register'],
    routes: ['POST /v1/policies', 'POST /v1/policies/:policyId/versions', 'POST /v1/policies/:policyId/withdrawal'],
  },
  'read-registers': {
    zh: '查阅区县与学校',
    en: 'read districts and schools',
    roles: EVERYBODY,
    extent: 'scope',
    shows: ['register'],
    routes: ['GET /v1/districts', 'GET /v1/districts/:districtId', 'GET /v1/schools', 'GET /v1/schools/:schoolId'],
  },
  'keep-registers': {
    zh: '登记区县与学校',
    en: 'register districts and schools',
    roles: ['district-officer', 'administrator'],
    extent: 'scope',
    shows: ['register'],
    routes: ['POST /v1/districts', 'POST /v1/schools'],
  },
  'read-students': {
    zh: '查阅学生',
    en: 'read students',
    roles: AID,
    extent: 'scope',
    shows: ['masked-identity', 'facts'],
    routes: ['GET /v1/students', 'POST /v1/students/search', 'GET /v1/students/:studentId'],
  },
  'register-students': {
    zh: '登记学生、学籍变动',
    en: 'register students, enrol them, record that they left',
    roles: SCHOOL_AND_DISTRICT,
    extent: 'scope',
    shows: ['masked-identity', 'facts'],
    routes: ['POST /v1/students', 'POST /v1/students/:studentId/enrolments', 'POST /v1/students/:studentId/departures'],
  },
  'determine-hardship': {
    zh: '困难认定',
    en: 'determine hardship',
    roles: SCHOOL_AND_DISTRICT,
    extent: 'scope',
    shows: ['facts'],
    routes: [
      'POST /v1/students/:studentId/hardship',
      'POST /v1/students/:studentId/hardship/:determinationId/revocation',
    ],
  },
  'read-entitlements': {
    zh: '查询应发',
    en: 'look up entitlements',
    roles: AID,
    extent: 'scope',
    shows: ['facts', 'money'],
    routes: ['GET /v1/students/:studentId/entitlements', 'GET /v1/entitlements'],
  },
  'read-history': {
    zh: '查阅学生全部记录',
    en: "read a student's history",
    roles: AID,
    extent: 'scope',
    shows: ['masked-identity', 'facts', 'money'],
    routes: ['GET /v1/students/:studentId/history'],
  },
  disclose: {
    zh: '查看姓名与号码原文',
    en: 'see names and numbers in clear',
    roles: AID,
    extent: 'scope',
    shows: ['clear-identity'],
    routes: ['POST /v1/students/:studentId/disclosure'],
  },
  'read-payments': {
    zh: '查阅发放',
    en: 'read payments',
    roles: AID,
    extent: 'scope',
    shows: ['facts', 'money'],
    routes: ['GET /v1/payments', 'GET /v1/payments/:paymentId', 'GET /v1/payments/:paymentId/explanation'],
  },
  'record-payments': {
    zh: '记录发放',
    en: 'record payments',
    roles: ['school-clerk', 'district-officer', 'finance'],
    extent: 'scope',
    shows: ['money'],
    routes: ['POST /v1/payments', 'POST /v1/payments/bulk'],
  },
  'record-exceptions': {
    zh: '例外发放',
    en: 'record a payment that the rules refuse',
    roles: DISTRICT_AND_FINANCE,
    extent: 'scope',
    shows: ['money'],
    routes: [],
  },
  'approve-exceptions': {
    zh: '审批例外发放',
    en: "approve somebody else's exception",
    roles: DISTRICT_AND_FINANCE,
    extent: 'scope',
    shows: ['money'],
    routes: ['POST /v1/payments/:paymentId/approval'],
  },
  'correct-payments': {
    zh: '冲正与退回',
    en: 'reverse payments and record returns',
    roles: DISTRICT_AND_FINANCE,
    extent: 'scope',
    shows: ['money'],
    routes: ['POST /v1/payments/:paymentId/reversal', 'POST /v1/payments/:paymentId/return'],
  },
  'read-totals': {
    zh: '查询汇总',
    en: 'read totals',
    roles: AID,
    extent: 'scope',
    shows: ['figures'],
    routes: ['GET /v1/totals'],
  },
  'read-bridge': {
    zh: '查询年度差异明细',
    en: 'read the entries between two years',
    roles: AID,
    extent: 'scope',
    shows: ['money'],
    routes: ['GET /v1/totals/bridge'],
  },
  'publish-notices': {
    zh: '发布、撤下公示',
    en: 'publish and withdraw public notices',
    roles: SCHOOL_AND_DISTRICT,
    extent: 'scope',
    shows: ['register'],
    routes: ['POST /v1/notices', 'POST /v1/notices/:noticeId/withdrawal'],
  },
  'read-notices': {
    zh: '查阅公示',
    en: 'read public notices',
    roles: AID,
    extent: 'scope',
    shows: ['clear-name'],
    routes: ['GET /v1/notices/:noticeId'],
  },
  'list-notices': {
    zh: '查阅公示目录',
    en: 'list public notices',
    roles: AID,
    extent: 'scope',
    shows: ['register'],
    routes: ['GET /v1/notices'],
  },
  'restrict-processing': {
    zh: '限制处理与删除个人信息',
    en: 'restrict processing and erase personal data',
    roles: ['key-custodian'],
    extent: 'scope',
    shows: ['state'],
    routes: [
      'POST /v1/students/:studentId/restriction',
      'POST /v1/students/:studentId/restriction/lifting',
      'POST /v1/students/:studentId/erasure',
    ],
  },
  'read-access-log': {
    zh: '查阅访问记录',
    en: 'read who saw what',
    roles: ['auditor'],
    extent: 'scope',
    shows: ['conduct'],
    routes: ['GET /v1/access-log'],
  },
  'manage-access': {
    zh: '管理密钥与授权',
    en: 'manage keys and grants',
    roles: ['administrator'],
    extent: 'scope',
    shows: ['credentials'],
    routes: [
      'GET /v1/keys',
      'POST /v1/keys',
      'POST /v1/keys/:keyId/revocation',
      'GET /v1/grants',
      'POST /v1/grants',
      'POST /v1/grants/:grantId/revocation',
    ],
  },
  'read-state': {
    zh: '查看台账状态',
    en: 'see where the ledger stands',
    roles: EVERYBODY,
    extent: 'anywhere',
    shows: ['state'],
    routes: ['GET /v1/ledger', 'GET /v1/me'],
  },
  'verify-ledger': {
    zh: '核验台账',
    en: 'verify the log',
    roles: ['auditor', 'administrator', 'key-custodian'],
    extent: 'anywhere',
    shows: ['state'],
    routes: ['GET /v1/ledger/verification'],
  },
  'read-events': {
    zh: '查阅原始事件',
    en: 'read the stored events',
    roles: ['auditor'],
    extent: 'all',
    shows: ['facts', 'money', 'conduct'],
    routes: ['GET /v1/ledger/events'],
  },
} as const satisfies Record<string, Duty>;

export type DutyName = keyof typeof DUTIES;
export const DUTY_NAMES = Object.keys(DUTIES) as DutyName[];

export const dutyOf = (name: DutyName): Duty => DUTIES[name];

/** For these nobody is asked who they are; they show nothing of the office. */
export const PUBLIC_ROUTES: readonly string[] = [
  'GET /health/live',
  'GET /health/ready',
  'GET /metrics',
  'GET /openapi.json',
  'GET /docs',
  'GET /docs/*',
];

/** A star stands for whatever lies below. */
export const isPublic = (route: string): boolean =>
  PUBLIC_ROUTES.some((open) => route === open || (open.endsWith('*') && route.startsWith(open.slice(0, -1))));

const DUTY_OF_ROUTE: ReadonlyMap<string, DutyName> = new Map(
  DUTY_NAMES.flatMap((name) => dutyOf(name).routes.map((route) => [route, name] as const)),
);

export const dutyOfRoute = (route: string): DutyName | undefined => DUTY_OF_ROUTE.get(route);
