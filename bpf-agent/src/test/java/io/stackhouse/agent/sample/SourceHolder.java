package io.stackhouse.agent.sample;

/** Samples until it is killed. */
final class SourceHolder {
    public static void main(String[] args) throws InterruptedException {
        SamplerConfig config = new SamplerConfig(99, Aggregation.KERNEL, 1 << 19, 1024, 1024, 1024);
        try (BpfSampleSource source = BpfSampleSource.load(config)) {
            source.start();
            System.out.println("sampling");
            Thread.currentThread().join();
        }
    }

    private SourceHolder() {}
}
