package io.stackhouse.pipeline.fuzz;

import io.stackhouse.pipeline.testing.RandomProfiles;
import io.stackhouse.pipeline.testing.SteeredRandom;

/** Well-formed profiles requests whose shape the fuzzer's bytes choose, then damaged as the first of them say. */
public final class ProfilesShapeFuzz {
    private ProfilesShapeFuzz() {}

    public static void fuzzerTestOneInput(byte[] steering) {
        int damageEnd = Damage.steeringEnd(steering);
        byte[] body = new RandomProfiles(new SteeredRandom(steering, damageEnd, steering.length))
                .request()
                .toByteArray();
        ProfilesRules.check(Damage.of(body, new SteeredRandom(steering, 0, damageEnd)));
    }
}
