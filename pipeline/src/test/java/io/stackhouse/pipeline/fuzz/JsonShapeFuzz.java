package io.stackhouse.pipeline.fuzz;

import com.google.protobuf.Message;
import io.stackhouse.pipeline.Signal;
import io.stackhouse.pipeline.otlp.json.JsonPrinter;
import io.stackhouse.pipeline.testing.RandomProfiles;
import io.stackhouse.pipeline.testing.RandomTraces;
import io.stackhouse.pipeline.testing.SteeredRandom;
import java.util.Random;

/** Requests whose shape and spelling as JSON the fuzzer's bytes choose, then damaged as the first of them say. */
public final class JsonShapeFuzz {
    private JsonShapeFuzz() {}

    public static void fuzzerTestOneInput(byte[] steering) {
        int damageEnd = Damage.steeringEnd(steering);
        Random random = new SteeredRandom(steering, damageEnd, steering.length);
        Signal signal = random.nextBoolean() ? Signal.TRACES : Signal.PROFILES;
        Random spelling = new Random(random.nextLong());
        Message request =
                signal == Signal.TRACES ? new RandomTraces(random).request() : new RandomProfiles(random).request();
        byte[] json = JsonPrinter.print(request, spelling);
        byte[] damaged = Damage.of(json, new SteeredRandom(steering, 0, damageEnd));
        Message read = JsonRules.check(signal, damaged);
        if (damaged == json && !request.equals(read)) {
            throw new AssertionError("transcoded to another message:\n" + read + "\ninstead of:\n" + request);
        }
    }
}
