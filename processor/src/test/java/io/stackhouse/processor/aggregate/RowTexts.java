package io.stackhouse.processor.aggregate;

import io.stackhouse.pipeline.batch.AttributeValue;
import io.stackhouse.pipeline.batch.Dictionary;
import io.stackhouse.pipeline.batch.ProfileBatch;
import io.stackhouse.pipeline.batch.ProfileHeader;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What rows say of their samples, with every index resolved; by it, what their values and observations add up to. Stateless. */
final class RowTexts {
    private RowTexts() {}

    /** A sum of values, and how many observations it is of. */
    record Sum(BigInteger value, BigInteger observations) {
        Sum plus(Sum other) {
            return new Sum(value.add(other.value), observations.add(other.observations));
        }
    }

    static Map<String, Sum> sums(List<ProfileBatch> batches) {
        Map<String, Sum> sums = new TreeMap<>();
        for (ProfileBatch batch : batches) {
            for (int row = 0; row < batch.rowCount(); row++) {
                Sum sum = new Sum(
                        BigInteger.valueOf(batch.rowValue(row)), BigInteger.valueOf(batch.rowObservations(row)));
                sums.merge(sample(batch, batch.rowSample(row)), sum, Sum::plus);
            }
        }
        return sums;
    }

    static String sample(ProfileBatch batch, int sample) {
        Dictionary dictionary = batch.dictionary();
        ProfileHeader header = batch.profile(batch.sampleProfile(sample));
        int link = batch.sampleLink(sample);
        List<String> attributes = new ArrayList<>();
        for (int i = batch.sampleAttributeStart(sample); i < batch.sampleAttributeEnd(sample); i++) {
            attributes.add(attribute(dictionary, batch.sampleAttribute(i)));
        }
        attributes.sort(null);
        return profile(batch, header) + " link "
                + List.of(dictionary.linkTraceHigh(link), dictionary.linkTraceLow(link), dictionary.linkSpan(link))
                + attributes + stack(dictionary, batch.sampleStack(sample));
    }

    private static String profile(ProfileBatch batch, ProfileHeader header) {
        List<String> attributes = new ArrayList<>();
        for (int attribute : header.attributes()) {
            attributes.add(attribute(batch.dictionary(), attribute));
        }
        attributes.sort(null);
        List<String> resource = new ArrayList<>();
        var of = batch.resource(header.resource()).attributes();
        for (int i = 0; i < of.size(); i++) {
            resource.add(of.key(i) + "=" + value(of.value(i)));
        }
        resource.sort(null);
        return resource
                + batch.resource(header.resource()).schemaUrl()
                + header.scope()
                + header.type()
                + header.originalType()
                + header.periodType()
                + header.period()
                + attributes
                + header.payload().format();
    }

    private static String attribute(Dictionary dictionary, int attribute) {
        return dictionary.attributeKey(attribute) + "=" + value(dictionary.attributeValue(attribute))
                + dictionary.attributeUnit(attribute);
    }

    private static String value(AttributeValue value) {
        return value.getClass().getSimpleName() + value.text();
    }

    private static String stack(Dictionary dictionary, int stack) {
        StringBuilder text = new StringBuilder();
        for (int i = dictionary.stackStart(stack); i < dictionary.stackEnd(stack); i++) {
            int location = dictionary.stackLocation(i);
            int mapping = dictionary.locationMapping(location);
            text.append(" | ").append(dictionary.locationAddress(location)).append(' ');
            text.append(dictionary.mappingMemoryStart(mapping)).append(',');
            text.append(dictionary.mappingMemoryLimit(mapping)).append(',');
            text.append(dictionary.mappingFileOffset(mapping)).append(',');
            text.append(dictionary.string(dictionary.mappingFile(mapping)));
            for (int k = dictionary.mappingAttributeStart(mapping); k < dictionary.mappingAttributeEnd(mapping); k++) {
                text.append(attribute(dictionary, dictionary.mappingAttribute(k)));
            }
            for (int k = dictionary.lineStart(location); k < dictionary.lineEnd(location); k++) {
                int function = dictionary.lineFunction(k);
                text.append(" f ").append(dictionary.string(dictionary.functionName(function)));
                text.append('/').append(dictionary.string(dictionary.functionSystemName(function)));
                text.append('/').append(dictionary.string(dictionary.functionFile(function)));
                text.append('/').append(dictionary.functionStartLine(function));
                text.append(':').append(dictionary.lineNumber(k)).append(':').append(dictionary.lineColumn(k));
            }
            for (int k = dictionary.locationAttributeStart(location);
                    k < dictionary.locationAttributeEnd(location);
                    k++) {
                text.append(attribute(dictionary, dictionary.locationAttribute(k)));
            }
        }
        return text.toString();
    }
}
