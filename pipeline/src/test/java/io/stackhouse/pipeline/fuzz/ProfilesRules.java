package io.stackhouse.pipeline.fuzz;

import com.google.protobuf.CodedInputStream;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.stackhouse.pipeline.RefusedException;
import io.stackhouse.pipeline.RejectedException;
import io.stackhouse.pipeline.TooLargeException;
import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.ProfileHeader;
import io.stackhouse.pipeline.identity.ResourceHash;
import io.stackhouse.pipeline.identity.StackHasher;
import io.stackhouse.pipeline.memory.MemoryBudget;
import io.stackhouse.pipeline.memory.MemoryLease;
import io.stackhouse.pipeline.otlp.ProfilesDecoder;
import io.stackhouse.pipeline.testing.Cost;
import io.stackhouse.pipeline.testing.ProfileText;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What must hold for any bytes given to the profiles decoder: only our exceptions, a second of processor time, memory within the bound
 * and charged, a batch that can be walked everywhere, and the content that protobuf-java reads, or a refusal for a known reason.
 * Stateless.
 */
final class ProfilesRules {
    private static final ProfilesDecoder DECODER = ProfilesDecoder.forVersion(1);
    private static final long MEMORY_CONSTANT = 1 << 20;
    private static final long MEMORY_FACTOR = 16;
    /** Arrays that grow by a quarter leave four times their length behind: garbage, but allocated. */
    private static final long GARBAGE_FACTOR = 5;

    private static final int MAX_TEXT_CHARS = 4 << 20;

    /** Why we refuse as a whole what protobuf-java reads. */
    private static final List<String> STRICTER = List.of(
            "nested deeper than",
            "has more than 1024 attributes",
            "groups nested deeper than",
            // protobuf-java drops the bits of a tag or a length that an int has no room for, and reads on with what is
            // left.
            "a field number out of range",
            "a length of more than 31 bits",
            // Of the numbers whose tenth byte goes on, protobuf-java 4.36 reads half, and the next byte as a tag.
            "a number longer than 10 bytes",
            "the request has no dictionary, but its profiles refer to one",
            "of memory; it has too many rows, profiles or values that hold almost nothing");

    /** Why protobuf-java refuses what we read. */
    private static final List<String> KINDER = List.of(
            // Malformed UTF-8 is replaced, not refused: one bad thread name must not cost a request.
            "invalid UTF-8");

    private static final int MAX_NESTING = 1000;

    private ProfilesRules() {}

    static void check(byte[] body) {
        long bound = MEMORY_FACTOR * body.length + MEMORY_CONSTANT;
        Reading[] reading = new Reading[1];
        Cost.check(
                "decoding " + body.length + " bytes",
                GARBAGE_FACTOR * bound,
                () -> reading[0] = Reading.of(body, MemoryLease.counting()));
        Reading ours = reading[0];
        if (ours.chargedBytes > bound) {
            throw new AssertionError(ours.chargedBytes + " bytes charged for " + body.length + ", more than " + bound);
        }
        checkBudget(body, ours.chargedBytes);
        ProfilesDecoder.Decoded decoded = ours.decoded;
        if (decoded == null) {
            checkRefusal(body, ours.refusal);
        } else {
            Cost.check("walking " + decoded.batch().rowCount() + " rows", Long.MAX_VALUE, () -> walk(decoded.batch()));
            compare(body, decoded);
        }
    }

    /** What the decoder makes of a body, and what it charged for it. */
    private record Reading(ProfilesDecoder.@Nullable Decoded decoded, String refusal, long chargedBytes) {
        static Reading of(byte[] body, MemoryLease memory) {
            try (memory) {
                ProfilesDecoder.Decoded decoded = DECODER.decode(body, 1, memory);
                return new Reading(decoded, "", memory.bytes());
            } catch (RejectedException e) {
                return new Reading(null, "" + e.getMessage(), 0);
            }
        }
    }

    /** With half of the memory that it needs, the decoder says so and gives back what it took. */
    private static void checkBudget(byte[] body, long charged) {
        if (charged < 2) {
            return;
        }
        MemoryBudget budget = new MemoryBudget(charged / 2);
        try (MemoryLease lease = budget.open()) {
            DECODER.decode(body, 1, lease);
            throw new AssertionError(charged + " bytes were charged, and half of that will do as well");
        } catch (TooLargeException | RefusedException | RejectedException expected) {
            // As it should be.
        }
        if (budget.usedBytes() != 0) {
            throw new AssertionError(budget.usedBytes() + " bytes of the budget were kept");
        }
    }

    private static void checkRefusal(byte[] body, String refusal) {
        boolean isKnown = STRICTER.stream().anyMatch(refusal::contains);
        if (!isKnown && Reference.read(body).request != null) {
            throw new AssertionError("protobuf-java reads it; we refuse: " + refusal);
        }
    }

    /** What protobuf-java makes of a body: a request, or why it is none. */
    private record Reference(@Nullable ExportProfilesServiceRequest request, String refusal) {
        static Reference read(byte[] body) {
            try {
                CodedInputStream in = CodedInputStream.newInstance(ReadEnvelopes.of(body));
                in.setRecursionLimit(MAX_NESTING);
                ExportProfilesServiceRequest request = ExportProfilesServiceRequest.parseFrom(in);
                in.checkLastTagWas(0);
                return new Reference(request, "");
            } catch (IOException e) {
                return new Reference(null, "" + e.getMessage());
            }
        }
    }

    /** Follows every index and reads every value, as processors and exporters do. */
    private static void walk(ProfileBatch batch) {
        Dictionary dictionary = batch.dictionary();
        StackHasher hasher = new StackHasher(dictionary);
        for (int i = 0; i < batch.profileCount(); i++) {
            ProfileHeader header = batch.profile(i);
            ResourceHash.of(batch.resource(header.resource()), header.scope());
            for (int attribute : header.attributes()) {
                readAttribute(dictionary, attribute);
            }
        }
        for (int sample = 0; sample < batch.sampleCount(); sample++) {
            batch.profile(batch.sampleProfile(sample));
            hasher.hash(batch.sampleStack(sample));
            dictionary.linkSpan(batch.sampleLink(sample));
            for (int k = batch.sampleAttributeStart(sample); k < batch.sampleAttributeEnd(sample); k++) {
                readAttribute(dictionary, batch.sampleAttribute(k));
            }
        }
        for (int row = 0; row < batch.rowCount(); row++) {
            batch.sampleStack(batch.rowSample(row));
            batch.rowValue(row);
            batch.rowTimestampUnixNanos(row);
        }
    }

    private static void readAttribute(Dictionary dictionary, int attribute) {
        dictionary.attributeKey(attribute);
        dictionary.attributeUnit(attribute);
        dictionary.attributeValue(attribute);
    }

    private static void compare(byte[] body, ProfilesDecoder.Decoded decoded) {
        Reference read = Reference.read(body);
        ExportProfilesServiceRequest reference = read.request;
        if (reference == null) {
            if (decoded.rejectedProfiles() == 0 && KINDER.stream().noneMatch(read.refusal::contains)) {
                throw new AssertionError("we read it; protobuf-java refuses: " + read.refusal);
            }
            return;
        }
        int accepted = decoded.batch().profileCount();
        int given = ProfileText.profileCount(reference);
        if (accepted + decoded.rejectedProfiles() != given) {
            throw new AssertionError(accepted + " profiles accepted and " + decoded.rejectedProfiles()
                    + " rejected, of " + given + " given");
        }
        if (decoded.rejectedProfiles() == 0 && textChars(decoded.batch()) < MAX_TEXT_CHARS) {
            List<String> ours = ProfileText.of(decoded.batch());
            List<String> theirs = ProfileText.of(reference);
            if (!ours.equals(theirs) && !ReturningMembers.areIn(body)) {
                throw new AssertionError("another content than protobuf-java's:\n" + String.join("\n", ours)
                        + "\nand by protobuf-java:\n" + String.join("\n", theirs));
            }
        }
    }

    /** About the length of the batch as text: rows multiply what is shared in the dictionary. */
    private static long textChars(ProfileBatch batch) {
        Dictionary dictionary = batch.dictionary();
        long[] stackChars = new long[dictionary.stackCount()];
        long chars = 0;
        for (int row = 0; row < batch.rowCount() && chars < MAX_TEXT_CHARS; row++) {
            int sample = batch.rowSample(row);
            int stack = batch.sampleStack(sample);
            if (stackChars[stack] == 0) {
                stackChars[stack] = 1 + stackChars(dictionary, stack);
            }
            chars += stackChars[stack];
            for (int k = batch.sampleAttributeStart(sample); k < batch.sampleAttributeEnd(sample); k++) {
                chars += attributeChars(dictionary, batch.sampleAttribute(k));
            }
        }
        return chars;
    }

    private static long stackChars(Dictionary dictionary, int stack) {
        long chars = 0;
        for (int i = dictionary.stackStart(stack); i < dictionary.stackEnd(stack) && chars < MAX_TEXT_CHARS; i++) {
            int location = dictionary.stackLocation(i);
            int mapping = dictionary.locationMapping(location);
            chars += 60 + dictionary.stringLength(dictionary.mappingFile(mapping));
            for (int k = dictionary.mappingAttributeStart(mapping); k < dictionary.mappingAttributeEnd(mapping); k++) {
                chars += attributeChars(dictionary, dictionary.mappingAttribute(k));
            }
            for (int k = dictionary.locationAttributeStart(location);
                    k < dictionary.locationAttributeEnd(location);
                    k++) {
                chars += attributeChars(dictionary, dictionary.locationAttribute(k));
            }
            for (int k = dictionary.lineStart(location); k < dictionary.lineEnd(location); k++) {
                int function = dictionary.lineFunction(k);
                chars += 40
                        + dictionary.stringLength(dictionary.functionName(function))
                        + dictionary.stringLength(dictionary.functionSystemName(function))
                        + dictionary.stringLength(dictionary.functionFile(function));
            }
        }
        return chars;
    }

    private static long attributeChars(Dictionary dictionary, int attribute) {
        return 20L
                + dictionary.attributeKey(attribute).length()
                + dictionary.attributeUnit(attribute).length()
                + dictionary.attributeValue(attribute).text().length();
    }
}
