import type { Operator } from '@lukko/formats';
import { read, vendorRegister } from './sources.ts';

/**
 * Name servers of Route 53: `ns-1536.awsdns-00.co.uk`, 64 numbers under four endings
 * (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html).
 */
const route53: readonly string[] = ['co.uk', 'com', 'net', 'org'].flatMap((ending) =>
  Array.from({ length: 64 }, (_, number) => `awsdns-${String(number).padStart(2, '0')}.${ending}`),
);

/** Clouds of general purpose with their own Terraform provider and, most of them, a state backend. */
export const hyperscalers: readonly Operator[] = [
  {
    id: 'alibaba-cloud',
    name: 'Alibaba Cloud',
    // The holder of its European and Asian address space; other entities of the group hold the rest.
    legal: { entity: 'Alibaba Cloud (Singapore) Private Limited', country: 'SG' },
    source: 'https://github.com/blacklanternsecurity/cloudcheck',
    date: read,
    providers: [{ source: 'aliyun/alicloud', reaches: 'fixed' }],
    backends: ['oss'],
    hosts: ['aliyuncs.com', 'alibabacloud.com', 'aliyun.com'],
  },
  {
    id: 'aws',
    name: 'Amazon Web Services',
    legal: { entity: 'Amazon Web Services, Inc.', country: 'US' },
    // The notice names "Amazon.com, Inc. and the affiliates that Amazon.com, Inc. controls".
    parent: { entity: 'Amazon.com, Inc.', country: 'US' },
    source: 'https://aws.amazon.com/privacy/',
    date: read,
    providers: [
      { source: 'hashicorp/aws', reaches: 'endpoints', endpointArguments: ['endpoints'] },
      { source: 'hashicorp/awscc', reaches: 'endpoints', endpointArguments: ['endpoints'] },
    ],
    backends: ['s3'],
    hosts: [
      ...route53,
      'amazonaws.com',
      'amazonaws.com.cn',
      'amazontrust.com',
      'aws.amazon.com',
      'aws.dev',
      'awsstatic.com',
      'cloudfront.net',
      'elasticbeanstalk.com',
      'public.ecr.aws',
    ],
    registries: ['public.ecr.aws'],
  },
  {
    id: 'google',
    name: 'Google Cloud and Google APIs',
    legal: { entity: 'Google LLC', country: 'US' },
    // The terms name the operator and call its affiliates "companies within the Alphabet Inc. corporate group".
    parent: { entity: 'Alphabet Inc.', country: 'US' },
    source: 'https://www.youtube.com/t/terms',
    date: read,
    providers: [
      { source: 'hashicorp/google', reaches: 'fixed' },
      { source: 'hashicorp/google-beta', reaches: 'fixed' },
    ],
    backends: ['gcs'],
    // registry.k8s.io: its README (github.com/kubernetes/registry.k8s.io) says that traffic is sent to Google Cloud and AWS.
    hosts: [
      'googleapis.com',
      'appspot.com',
      'cloudfunctions.net',
      'dns.google',
      'firebaseio.com',
      'gcr.io',
      'google.com',
      'googleusercontent.com',
      'gstatic.com',
      'pkg.dev',
      'registry.k8s.io',
      'run.app',
      'web.app',
    ],
    registries: ['gcr.io', 'registry.k8s.io'],
    addresses: ['8.8.4.0/24', '8.8.8.0/24', '2001:4860:4860::/48'],
  },
  {
    id: 'ibm',
    name: 'IBM Cloud',
    legal: { entity: 'International Business Machines Corporation', country: 'US' },
    source: 'https://www.ibm.com/privacy',
    date: read,
    providers: [{ source: 'ibm-cloud/ibm', reaches: 'fixed' }],
    hosts: ['ibm.com', 'appdomain.cloud', 'bluemix.net', 'icr.io'],
    registries: ['icr.io'],
  },
  {
    id: 'microsoft',
    name: 'Microsoft Azure',
    // "Microsoft Corporation … One Microsoft Way, Redmond, WA 98052, USA"
    legal: { entity: 'Microsoft Corporation', country: 'US' },
    source: 'https://www.microsoft.com/en-gb/servicesagreement/',
    date: read,
    providers: [
      { source: 'azure/azapi', reaches: 'fixed' },
      { source: 'hashicorp/azuread', reaches: 'fixed' },
      { source: 'hashicorp/azurerm', reaches: 'fixed' },
      { source: 'microsoft/azuredevops', reaches: 'fixed' },
    ],
    backends: ['azurerm'],
    hosts: [
      // Addresses of clusters of AKS: <name>.hcp.<region>.azmk8s.io (https://learn.microsoft.com/en-us/azure/aks/).
      'azmk8s.io',
      'azure.com',
      'azure.net',
      'azurecr.io',
      'azureedge.net',
      'azurefd.net',
      'azurewebsites.net',
      'live.com',
      'microsoft.com',
      'microsoftonline.com',
      'office.com',
      'office365.com',
      'trafficmanager.net',
      'visualstudio.com',
      'windows.net',
    ],
    registries: ['azurecr.io', 'mcr.microsoft.com'],
  },
  {
    id: 'oracle',
    name: 'Oracle Cloud Infrastructure',
    legal: { entity: 'Oracle Corporation', country: 'US' },
    source: vendorRegister(5731),
    date: read,
    providers: [
      { source: 'hashicorp/oci', reaches: 'fixed' },
      { source: 'oracle/oci', reaches: 'fixed' },
    ],
    backends: ['oci'],
    hosts: ['oraclecloud.com', 'ocir.io', 'oracle.com', 'oraclecloud.eu'],
    registries: ['container-registry.oracle.com'],
  },
  {
    id: 'tencent',
    name: 'Tencent Cloud',
    // The register gives no address: the country is that of the place in the name.
    legal: { entity: 'Tencent Cloud Computing (Beijing) Co., Ltd.', country: 'CN' },
    source: vendorRegister(8011),
    date: read,
    providers: [{ source: 'tencentcloudstack/tencentcloud', reaches: 'fixed' }],
    backends: ['cos'],
    hosts: ['tencentcloudapi.com', 'myqcloud.com', 'qcloud.com', 'tencent.com', 'tencentcloud.com'],
  },
];
