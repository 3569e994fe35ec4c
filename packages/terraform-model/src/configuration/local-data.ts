import type { Evaluator, Names } from '../expression/evaluate.ts';
import { failure } from '../expression/failure.ts';
import { partsOf } from '../expression/functions/holes.ts';
import { plainOf } from '../expression/plain.ts';
import type { AttributeSource } from '../graph/resource.ts';
import { navigate } from '../navigate.ts';
import type { Unknown, Value } from '../value.ts';
import { causesOf, map, referencesOf, text, unknown, weaken } from '../values.ts';

/**
 * What data sources that only compute would give: `cloudinit_config` (hashicorp/cloudinit) and `template_file`
 * (hashicorp/template). undefined for every other attribute and type.
 */
export function localData(
  type: string,
  name: string,
  written: AttributeSource,
  evaluator: Evaluator,
): Value | undefined {
  if (name !== 'rendered') return undefined;
  if (type === 'template_file') return renderedTemplate(written, evaluator);
  return type === 'cloudinit_config' || type === 'template_cloudinit_config' ? multipart(written) : undefined;
}

/** https://registry.terraform.io/providers/hashicorp/template/latest/docs/data-sources/file */
function renderedTemplate(written: AttributeSource, evaluator: Evaluator): Value {
  const template = written.value('template');
  const source = plainOf(template);
  const vars = written.value('vars');
  const bound = vars.state === 'unset' ? map(new Map()) : vars;
  if (typeof source !== 'string' || bound.state !== 'map' || !bound.complete) {
    return unknown(
      [...causesOf(template), ...causesOf(vars)],
      'rendered',
      weaken([...referencesOf(template), ...referencesOf(vars)]),
    );
  }
  const names: Names = {
    deepen: () => undefined,
    resolve: (_, steps, expression) => ({ value: failure(expression), used: steps.length }),
    inTemplate: true,
  };
  return evaluator.template(source, { names, bound: bound.entries });
}

/**
 * The MIME message of github.com/hashicorp/terraform-provider-cloudinit (internal/provider/cloudinit_config.go): a head, then
 * what Go's mime/multipart writes, header fields sorted. Packed or encoded it is known as the text it encodes.
 */
function multipart(written: AttributeSource): Value {
  const parts = written.value('part');
  const boundary = plainOf(written.value('boundary')) ?? 'MIMEBOUNDARY';
  const gzip = plainOf(written.value('gzip'));
  const base64 = plainOf(written.value('base64_encode'));
  const items = parts.state === 'list' ? parts.items : parts.state === 'map' ? [parts] : [];
  const open = unknown([...causesOf(parts), 'function'], 'rendered', weaken(referencesOf(parts)));
  if (items.length === 0 || (parts.state === 'list' && !parts.complete) || gzip === undefined || base64 === undefined)
    return open;
  const made: (string | Unknown)[] = [
    `Content-Type: multipart/mixed; boundary="${boundary}"\nMIME-Version: 1.0\r\n\r\n`,
  ];
  for (const [index, item] of items.entries()) {
    const [filename, kind, merge] = ['filename', 'content_type', 'merge_type'].map((name) =>
      plainOf(navigate(item, name)),
    );
    const content = partsOf(navigate(item, 'content'));
    if (content === undefined || filename === undefined || kind === undefined || merge === undefined) return open;
    const fields = [
      ...(filename === null || filename === '' ? [] : [`Content-Disposition: attachment; filename="${filename}"`]),
      'Content-Transfer-Encoding: 7bit',
      `Content-Type: ${kind === null || kind === '' ? 'text/plain' : kind}`,
      'Mime-Version: 1.0',
      ...(merge === null || merge === '' ? [] : [`X-Merge-Type: ${merge}`]),
    ];
    made.push(`${index === 0 ? '' : '\r\n'}--${boundary}\r\n${fields.join('\r\n')}\r\n\r\n`, ...content);
  }
  const whole = text([...made, `\r\n--${boundary}--\r\n`], weaken(referencesOf(parts)));
  return gzip === false && base64 === false
    ? whole
    : { ...unknown([...causesOf(whole), 'function'], 'rendered', weaken(referencesOf(whole))), encodes: whole };
}
