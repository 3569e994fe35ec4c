import type { Operator } from '@lukko/formats';
import { read, vendorRegister } from './sources.ts';

/** Model APIs: what a prompt, and all the personal data in it, is sent to. */
export const modelApis: readonly Operator[] = [
  {
    id: 'anthropic',
    name: 'Anthropic',
    // Customers of the EEA, Switzerland and the United Kingdom contract with Anthropic Ireland, Limited (Dublin):
    // https://www.anthropic.com/legal/commercial-terms
    legal: { entity: 'Anthropic PBC', country: 'US' },
    source: 'https://www.anthropic.com/legal/privacy',
    date: read,
    hosts: ['anthropic.com', 'claude.ai', 'claude.com'],
  },
  {
    id: 'assemblyai',
    name: 'AssemblyAI',
    legal: { entity: 'AssemblyAI, Inc.', country: 'US' },
    source: vendorRegister(595),
    date: read,
    hosts: ['assemblyai.com'],
  },
  {
    id: 'cohere',
    name: 'Cohere',
    legal: { entity: 'Cohere Inc.', country: 'CA' },
    source: vendorRegister(1675),
    date: read,
    hosts: ['cohere.ai', 'cohere.com'],
  },
  {
    id: 'deepgram',
    name: 'Deepgram',
    legal: { entity: 'Deepgram, Inc.', country: 'US' },
    source: vendorRegister(2128),
    date: read,
    hosts: ['deepgram.com'],
  },
  {
    id: 'deepseek',
    name: 'DeepSeek',
    legal: { entity: 'Hangzhou DeepSeek Artificial Intelligence Co., Ltd.', country: 'CN' },
    source: 'https://cdn.deepseek.com/policies/en-US/deepseek-privacy-policy.html',
    date: read,
    hosts: ['deepseek.com'],
  },
  {
    id: 'elevenlabs',
    name: 'ElevenLabs',
    legal: { entity: 'Eleven Labs, Inc.', country: 'US' },
    source: vendorRegister(2492),
    date: read,
    hosts: ['elevenlabs.io'],
  },
  {
    id: 'gladia',
    name: 'Gladia',
    legal: { entity: 'Gladia SAS', country: 'FR' },
    source: vendorRegister(3089),
    date: read,
    hosts: ['gladia.io'],
  },
  {
    id: 'groq',
    name: 'Groq',
    legal: { entity: 'Groq, Inc.', country: 'US' },
    source: vendorRegister(3518),
    date: read,
    hosts: ['groq.com'],
  },
  {
    id: 'hugging-face',
    name: 'Hugging Face',
    legal: { entity: 'Hugging Face, Inc.', country: 'US' },
    source: 'https://huggingface.co/terms-of-service',
    date: read,
    hosts: ['hf.co', 'hf.space', 'huggingface.cloud', 'huggingface.co'],
  },
  {
    id: 'mistral',
    name: 'Mistral AI',
    // "Mistral AI, a simplified joint stock company", RCS Paris 952 418 325
    legal: { entity: 'Mistral AI', country: 'FR' },
    source: 'https://mistral.ai/legal/',
    date: read,
    hosts: ['mistral.ai'],
  },
  {
    id: 'openai',
    name: 'OpenAI',
    // "a Delaware company": https://openai.com/policies/eu-terms-of-use/. Customers of the EEA and Switzerland contract with its
    // affiliate OpenAI Ireland Ltd. (Dublin), which hands their data on to it and others under standard contractual clauses.
    legal: { entity: 'OpenAI OpCo, LLC', country: 'US' },
    source: 'https://openai.com/policies/services-agreement/',
    date: read,
    hosts: ['openai.com', 'chatgpt.com', 'oaistatic.com', 'oaiusercontent.com'],
  },
  {
    id: 'openrouter',
    name: 'OpenRouter',
    legal: { entity: 'OpenRouter, Inc.', country: 'US' },
    source: 'https://openrouter.ai/terms',
    date: read,
    hosts: ['openrouter.ai'],
  },
  {
    id: 'perplexity',
    name: 'Perplexity',
    legal: { entity: 'Perplexity AI, Inc.', country: 'US' },
    source: 'https://www.perplexity.ai/hub/legal/terms-of-service',
    date: read,
    hosts: ['perplexity.ai'],
  },
  {
    id: 'together',
    name: 'Together AI',
    // "Together Computer, Inc., a Delaware corporation"
    legal: { entity: 'Together Computer, Inc.', country: 'US' },
    source: 'https://www.together.ai/terms-of-service',
    date: read,
    hosts: ['together.ai', 'together.xyz'],
  },
];
