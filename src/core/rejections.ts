// The one table of refusals: code → HTTP status → what the clerk reads, in Chinese and English.
// `{name}` is filled from the details of the refusal. docs/reference/rejections.md lists exactly these codes.

interface Wording {
  status: number;
  zh: string;
  en: string;
}

const say = (status: number, zh: string, en: string): Wording => ({ status, zh, en });

export const REJECTIONS = {
  // The request itself
  malformed: say(
    400,
    '请求内容不符合要求,请按所列各项更正。',
    'The request is not well formed; correct the listed items.',
  ),
  'unknown-parameter': say(400, '没有名为 {parameter} 的查询条件。', 'There is no query parameter {parameter}.'),
  'idempotency-key-required': say(
    400,
    '记录、退回或冲正资金时必须带 Idempotency-Key 请求头。',
    'Recording, returning or reversing money needs an Idempotency-Key header.',
  ),
  'idempotency-key-invalid': say(
    400,
    'Idempotency-Key 须为 1 至 64 个可见 ASCII 字符。',
    'Idempotency-Key must be 1 to 64 visible ASCII characters.',
  ),
  unauthenticated: say(401, '缺少有效的访问密钥。', 'A valid access key is missing.'),
  forbidden: say(403, '您的角色无权进行此操作。', 'Your role does not allow this.'),
  'scope-exceeded': say(
    403,
    '不能授予超出您本人管辖范围的权限。',
    'Nobody can give a scope that lies beyond the own one.',
  ),
  'outside-scope': say(
    403,
    '该笔资金属于学校 {schoolId},不在您的管辖范围内。',
    'This money belongs to school {schoolId}, which is outside your scope.',
  ),
  'same-person': say(
    403,
    '例外发放须由他人审批:记录人不能审批自己的记录。',
    'An exception is approved by somebody else than the one who recorded it.',
  ),
  'not-found': say(404, '没有找到所请求的内容。', 'Nothing was found at this address.'),
  'body-too-large': say(413, '请求内容过大。', 'The request body is too large.'),
  'media-type-unsupported': say(415, '请以 JSON(UTF-8)格式提交。', 'Send the body as JSON in UTF-8.'),
  'too-many-requests': say(429, '请求过于频繁,请稍后再试。', 'Too many requests; try again later.'),

  // Things that are not there, or are there already
  'student-unknown': say(404, '没有学生 {studentId}。', 'There is no student {studentId}.'),
  'policy-unknown': say(404, '没有政策 {policyId}。', 'There is no policy {policyId}.'),
  'school-unknown': say(404, '没有学校 {schoolId}。', 'There is no school {schoolId}.'),
  'district-unknown': say(404, '没有区县 {districtId}。', 'There is no district {districtId}.'),
  'payment-unknown': say(404, '没有发放记录 {paymentId}。', 'There is no payment {paymentId}.'),
  'determination-unknown': say(
    404,
    '该生没有认定记录 {determinationId}。',
    'The student has no determination {determinationId}.',
  ),
  'key-unknown': say(404, '没有密钥 {keyId}。', 'There is no key {keyId}.'),
  'grant-unknown': say(404, '没有授权 {grantId}。', 'There is no grant {grantId}.'),
  'notice-unknown': say(404, '没有公示 {noticeId}。', 'There is no notice {noticeId}.'),
  'student-exists': say(
    409,
    '该公民身份号码的学生已登记。',
    'A student with this citizen number is registered already.',
  ),
  'policy-exists': say(
    409,
    '政策 {policyId} 已发布;请为其增加版本。',
    'Policy {policyId} is published; add a version to it.',
  ),
  'school-exists': say(
    409,
    '学校 {schoolId} 已登记,且内容不同。',
    'School {schoolId} is registered with other particulars.',
  ),
  'policy-version-overlaps': say(
    409,
    '新版本与版本 {version} 的执行学期重叠。',
    'The new version overlaps the terms of version {version}.',
  ),
  'enrolment-overlaps': say(
    409,
    '该生自 {from} 起已在学校 {schoolId} 就读,时间重叠。',
    'The student is enrolled in school {schoolId} from {from}; the periods overlap.',
  ),
  'concurrent-change': say(409, '该记录正被他人修改,请重试。', 'The record is being changed by others; try again.'),
  'stale-revision': say(
    412,
    '该记录已被修改,现为第 {revision} 版;请重新读取。',
    'The record has changed and is at revision {revision}; read it again.',
  ),
  'notice-expired': say(410, '该公示已于 {expiresOn} 期满。', 'The notice expired on {expiresOn}.'),
  'notice-withdrawn': say(410, '该公示已撤下。', 'The notice has been withdrawn.'),
  'idempotency-key-reused': say(
    422,
    '此 Idempotency-Key 已用于另一请求。',
    'This Idempotency-Key was used for another request.',
  ),

  // Policies, enrolment, hardship
  'policy-inconsistent': say(422, '政策内容自相矛盾:{reason}', 'The policy contradicts itself: {reason}'),
  'policy-withdrawn': say(422, '政策 {policyId} 已废止。', 'Policy {policyId} has been withdrawn.'),
  'period-invalid': say(422, '结束日期 {until} 早于开始日期 {from}。', 'The end {until} lies before the start {from}.'),
  'stage-not-offered': say(
    422,
    '学校 {schoolId} 没有学段 {stage}。',
    'School {schoolId} does not offer stage {stage}.',
  ),
  'grade-stage-mismatch': say(
    422,
    '在本区学制中,{grade} 年级属于 {expected},不是 {stage}。',
    "In this district's school system grade {grade} belongs to {expected}, not {stage}.",
  ),
  'stage-missing': say(422, '请写明学段或年级。', 'Name the stage, or a grade that the district assigns to one.'),
  'not-enrolled': say(422, '该生在 {date} 没有在读学校。', 'The student is not enrolled anywhere on {date}.'),
  'already-revoked': say(422, '该认定已自 {from} 起撤销。', 'The determination is revoked from {from} already.'),

  'already-revoked-access': say(422, '该密钥或授权已撤销。', 'The key or grant is revoked already.'),

  // Personal data
  'student-restricted': say(
    422,
    '该生个人信息已限制处理,只予保存。',
    'Processing of this student is restricted: the record is kept and not used.',
  ),
  'student-erased': say(422, '该生个人信息已删除。', 'The personal data of this student is erased.'),
  'not-restricted': say(422, '该生未被限制处理。', 'Processing of this student is not restricted.'),
  'retention-running': say(
    422,
    '会计档案保管期至 {until},期内不得删除;依法须删除的,请写明法律依据。',
    'Accounting records are kept until {until}; where a law demands erasure before, name it.',
  ),
  'field-not-recorded': say(422, '该生没有登记 {field}。', 'No {field} is recorded of this student.'),
  'notice-too-short': say(
    422,
    '公示不少于 {days} 个工作日,最早于 {earliest} 期满。',
    'A notice stands for {days} working days at least: it expires on {earliest} at the earliest.',
  ),
  'notice-too-long': say(422, '公示期满不得晚于 {latest}。', 'A notice expires on {latest} at the latest.'),
  'not-of-school': say(
    422,
    '以下学生本学期不在该校:{studentIds}',
    'These students are not in the school in this term: {studentIds}',
  ),

  // Payments, in the order in which they are checked
  'policy-not-in-force': say(
    422,
    '政策 {policyId} 在 {term} 学期没有执行。',
    'Policy {policyId} is not in force in {term}.',
  ),
  'not-eligible': say(
    422,
    '该生在 {term} 学期不符合政策条件,详见各项。',
    'The student does not meet the conditions in {term}; see each item.',
  ),
  'exclusive-policy': say(
    422,
    '该生本学期已享受与之互斥的政策 {policyId}。',
    'The student already receives {policyId} this term, which excludes this policy.',
  ),
  'already-granted': say(
    422,
    '该政策终身一次,已于 {term} 学期发放。',
    'This policy pays once in a lifetime and was granted in {term}.',
  ),
  'entitlement-exceeded': say(
    422,
    '超出应发:应发 {entitled} 元,已发净额 {netPaid} 元,尚余 {outstanding} 元。',
    'Beyond the entitlement: entitled {entitled} yuan, net paid {netPaid}, outstanding {outstanding}.',
  ),
  'method-not-allowed': say(
    422,
    '此类资助不得以 {method} 方式发放;可用:{allowed}。',
    'Aid of this kind cannot be given by {method}; allowed: {allowed}.',
  ),
  'amount-invalid': say(422, '金额或天数无效:{reason}', 'Amount or days invalid: {reason}'),
  'date-in-future': say(
    422,
    '日期 {date} 在将来,只能记录已发生的事。',
    'The date {date} lies in the future; record what has happened.',
  ),
  'return-exceeds-payment': say(
    422,
    '退回超过可退余额:该笔尚余 {left} 元。',
    'The return exceeds the payment: {left} yuan are left of it.',
  ),
  'return-before-payment': say(
    422,
    '退回日期 {date} 早于发放日期 {paidOn}。',
    'The return on {date} lies before the payment on {paidOn}.',
  ),
  'already-reversed': say(422, '该笔已冲正。', 'The payment has been reversed already.'),
  'not-an-exception': say(
    422,
    '该笔不是例外发放,无须审批。',
    'The payment was not recorded as an exception; there is nothing to approve.',
  ),
  'already-approved': say(422, '该例外发放已审批。', 'The exception is approved already.'),
  'already-returned': say(
    422,
    '该笔已有退回,不能整笔冲正。',
    'Money of this payment was returned; it cannot be reversed whole.',
  ),

  // The service
  'projection-behind': say(
    503,
    '统计尚未更新到所要求的位置,请稍后再试。',
    'The views have not reached the position asked for; try again.',
  ),
  'records-withheld': say(
    503,
    '{stream} 的记录有一条无法计入,在查明之前不提供;请联系管理员。',
    'A record of {stream} cannot be applied; until it is mended this is withheld. Tell the administrator.',
  ),
  'totals-withheld': say(
    503,
    '有 {count} 份档案的记录无法计入,在查明之前不提供汇总;请联系管理员。',
    'Records of {count} streams cannot be applied; until they are mended no totals are given. Tell the administrator.',
  ),
  overloaded: say(
    503,
    '请求过多,来不及处理,未记录任何内容;请稍后用同一编号再发一次。',
    'More requests than can be worked on at once; nothing was recorded. Send it again later, under the same key.',
  ),
  'ledger-unavailable': say(503, '台账暂不可用。', 'The ledger is unavailable.'),
  'storage-full': say(507, '存储空间不足:只能查询,不能记录。', 'The disk is full: reading works, recording does not.'),
  internal: say(500, '内部错误,未记录任何内容;请报告请求编号。', 'Internal error; report the request id.'),
} as const satisfies Record<string, Wording>;

export type RejectionCode = keyof typeof REJECTIONS;
