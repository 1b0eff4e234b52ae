// Sends numbered spans with the OpenTelemetry SDK: node send-spans.js http-json|http-protobuf|grpc ENDPOINT none|gzip SERVICE COUNT FIRST_SECOND
// Everything about span number i follows from i, so that a test can tell what must come out. Ends with 1 when an export failed.
'use strict';

const { SpanKind, SpanStatusCode, context, trace, createTraceState } = require('@opentelemetry/api');
const { BasicTracerProvider, BatchSpanProcessor } = require('@opentelemetry/sdk-trace-base');
const { resourceFromAttributes } = require('@opentelemetry/resources');

const [protocol, endpoint, compression, service, countText, firstSecond] = process.argv.slice(2);
const count = Number(countText);

const exporters = {
  'http-json': () => {
    const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-http');
    return new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, compression });
  },
  'http-protobuf': () => {
    const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-proto');
    return new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, compression });
  },
  grpc: () => {
    const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-grpc');
    return new OTLPTraceExporter({ url: endpoint, compression });
  },
};

const hex = (number, digits) => number.toString(16).padStart(digits, '0');

let made = 0;
const exporter = exporters[protocol]();
const send = exporter.export.bind(exporter);
let failure;
exporter.export = (spans, done) =>
  send(spans, (result) => {
    if (result.code !== 0) {
      failure = result.error || new Error('the export failed');
    }
    done(result);
  });

const provider = new BasicTracerProvider({
  resource: resourceFromAttributes({ 'service.name': service, 'service.version': '1.2.3', replicas: 3 }),
  idGenerator: {
    generateTraceId: () => hex(0xabc000 + made + 1, 32),
    generateSpanId: () => hex(0xdef000 + ++made, 16),
  },
  spanProcessors: [new BatchSpanProcessor(exporter, { maxExportBatchSize: 7 })],
});
const tracer = provider.getTracer('shop', '4.5');
const kinds = [SpanKind.INTERNAL, SpanKind.SERVER, SpanKind.CLIENT, SpanKind.PRODUCER, SpanKind.CONSUMER];

for (let i = 0; i < count; i++) {
  const start = Number(firstSecond) + i;
  const parent = {
    traceId: hex(0x7ace + i, 32),
    spanId: hex(0x5bad + i, 16),
    traceFlags: 1,
    isRemote: true,
    traceState: createTraceState(`vendor=${i}`),
  };
  const span = tracer.startSpan(
    `span-${i}`,
    {
      kind: kinds[i % kinds.length],
      startTime: [start, 123456789],
      attributes: {
        text: `größe "${i}" \u{1f600}\n`,
        integer: i * 1000003,
        negative: -i - 1,
        double: i + 0.25,
        truth: i % 2 === 0,
        texts: [`a${i}`, 'b'],
        integers: [i, -i],
        doubles: [i + 0.5, 1e-300],
        truths: [true, false],
        empty: '',
      },
      links: [
        { context: { traceId: hex(0x11 + i, 32), spanId: hex(0x22 + i, 16), traceFlags: 1 }, attributes: { why: `link ${i}` } },
      ],
    },
    trace.setSpanContext(context.active(), parent),
  );
  span.addEvent('packed', { boxes: i, by: 'hand' }, [start, 200000001]);
  span.addEvent('sent', {}, [start, 300000002]);
  span.setStatus(i % 3 === 0 ? { code: SpanStatusCode.ERROR, message: `failed ${i}` } : { code: SpanStatusCode.OK });
  span.end([start, 999999999]);
}

provider
  .forceFlush()
  .then(() => provider.shutdown())
  .catch((error) => {
    failure = error;
  })
  .finally(() => {
    if (failure) {
      console.error(failure);
      process.exit(1);
    }
    console.log(`sent ${made}`);
  });
