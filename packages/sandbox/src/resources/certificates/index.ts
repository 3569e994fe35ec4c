import { instant } from '../../actions.ts';
import { actionHandlers, commonHandlers, found, removeNow } from '../../collection.ts';
import { type Answer, answerAction, begin, type Context, created, type Handlers, rendered } from '../../context.ts';
import { ApiError } from '../../errors.ts';
import { checkName } from '../../names.ts';
import type { Certificate, Json, Labels, ResourceRef } from '../../types.ts';
import { checkDomainNames, issuing } from './managed.ts';
import { readUploaded } from './uploaded.ts';

/** The load balancers whose services serve a certificate. */
const usersOf = (context: Context, id: number): readonly ResourceRef[] =>
  context.store
    .all('load_balancer')
    .filter(({ services }) => services.some(({ http }) => http?.certificates.includes(id)))
    .map((balancer) => ({ id: balancer.id, type: 'load_balancer' }));

const render = (context: Context, certificate: Certificate): Json => {
  const { issued, issuance, error } = certificate;
  return {
    id: certificate.id,
    name: certificate.name,
    labels: certificate.labels,
    type: certificate.type,
    certificate: issued?.certificate ?? null,
    created: instant(certificate.created),
    not_valid_before: issued === null ? null : instant(issued.notBefore),
    not_valid_after: issued === null ? null : instant(issued.notAfter),
    domain_names: certificate.domainNames,
    fingerprint: issued?.fingerprint ?? null,
    used_by: usersOf(context, certificate.id),
    status:
      issuance === null ? null : { issuance, renewal: issuance === 'completed' ? 'scheduled' : 'unavailable', error },
  };
};

const ref = (id: number): ResourceRef => ({ id, type: 'certificate' });

interface CreateBody {
  readonly name: string;
  readonly type?: Certificate['type'];
  readonly certificate?: string;
  readonly private_key?: string;
  readonly domain_names?: readonly string[];
  readonly labels?: Labels;
}

function createUploaded(context: Context, { name, labels = {}, ...body }: CreateBody): Answer {
  const { x509, domainNames, ...issued } = readUploaded(body.certificate, body.private_key);
  const certificate = context.store.put('certificate', {
    id: context.nextId(),
    name,
    labels,
    created: context.now,
    type: 'uploaded',
    domainNames,
    issued,
    issuance: null,
    error: null,
  });
  return created({ certificate: render(context, certificate), action: null });
}

function createManaged(context: Context, { name, labels = {}, domain_names: names = [] }: CreateBody): Answer {
  checkDomainNames(names);
  const id = context.nextId();
  const certificate: Certificate = {
    id,
    name,
    labels,
    created: context.now,
    type: 'managed',
    domainNames: names,
    issued: null,
    issuance: 'pending',
    error: null,
  };
  context.store.put('certificate', certificate);
  const action = begin(context, { command: 'issue_certificate', resources: [ref(id)], ...issuing(context, id, names) });
  return created({
    certificate: render(context, context.store.get('certificate', id) ?? certificate),
    action: rendered(context, action),
  });
}

export const certificates: Handlers = {
  ...commonHandlers({ kind: 'certificate', plural: 'certificates', render, filters: { type: ({ type }) => type } }),
  ...actionHandlers('certificate'),
  create_certificate: (context) => {
    const body = context.body as CreateBody;
    checkName(context, 'certificate', body.name);
    return body.type === 'managed' ? createManaged(context, body) : createUploaded(context, body);
  },
  delete_certificate: (context) => {
    const { id } = found(context, 'certificate');
    context.actions.refuseLocked('certificate', id);
    if (usersOf(context, id).length > 0)
      throw new ApiError('resource_in_use', `certificate ${id} is still used by a load balancer`);
    return removeNow(context, 'certificate', id);
  },
  retry_issuance_or_renewal: (context) => {
    const { id, issuance, domainNames } = found(context, 'certificate');
    context.actions.refuseLocked('certificate', id);
    if (issuance !== 'failed')
      throw new ApiError('unsupported_error', 'only what failed for a managed certificate can be tried again');
    context.store.update('certificate', id, { issuance: 'pending', error: null });
    const ending = issuing(context, id, domainNames);
    return answerAction(context, { command: 'issue_certificate', resources: [ref(id)], ...ending });
  },
};
