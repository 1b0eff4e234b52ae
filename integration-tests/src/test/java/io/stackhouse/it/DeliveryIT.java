package io.stackhouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.stackhouse.clickhouse.embedded.EmbeddedClickHouse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was acknowledged is in ClickHouse once, whatever dies; {@link DeliveryCampaign} by hand does it a hundred times. */
class DeliveryIT {
    private static final int KILLS = 10;
    private static final long SAMPLES = 50_000;

    @TempDir
    Path folder;

    private Path disk;

    @BeforeEach
    void mount() throws Exception {
        Requirement.check(EmbeddedClickHouse.isAvailable(), "libchdb (./stackhouse setup fetches it)");
        Requirement.check("root".equals(System.getProperty("user.name")), "root, to mount a small file system");
        disk = Files.createDirectory(folder.resolve("disk"));
        run("mount", "-t", "tmpfs", "-o", "size=64m", "none", disk.toString());
    }

    @AfterEach
    void unmount() throws Exception {
        if (disk != null) {
            run("umount", disk.toString());
        }
    }

    @Test
    void everyAcknowledgedSampleIsThereOnceAfterKillsResetsAndFullDisks() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("Delivery campaign with seed " + seed);
        DeliveryCampaign.Plan plan = new DeliveryCampaign.Plan(KILLS, seed, SAMPLES, 1, disk);
        try (DeliveryCampaign campaign = new DeliveryCampaign(Files.createDirectory(folder.resolve("own")), plan)) {
            DeliveryCampaign.Outcome outcome = campaign.run();
            System.out.println(outcome);
            assertThat(outcome.isGood()).as("%s", outcome).isTrue();
            assertThat(outcome.acknowledged()).hasSizeGreaterThan(KILLS);
        }
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
    }
}
