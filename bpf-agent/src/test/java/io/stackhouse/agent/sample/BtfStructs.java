package io.stackhouse.agent.sample;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Sizes and member offsets of the structs that an object's BTF describes. */
public final class BtfStructs {
    private static final int KIND_INT = 1;
    private static final int KIND_ARRAY = 3;
    private static final int KIND_STRUCT = 4;
    private static final int KIND_UNION = 5;
    private static final int KIND_ENUM = 6;
    private static final int KIND_FUNC_PROTO = 13;
    private static final int KIND_VAR = 14;
    private static final int KIND_DATASEC = 15;
    private static final int KIND_DECL_TAG = 17;
    private static final int KIND_ENUM64 = 19;

    private final Map<String, Integer> sizes = new HashMap<>();
    private final Map<String, Map<String, Integer>> members = new HashMap<>();

    public static BtfStructs read(byte[] elf) {
        ByteBuffer object = ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN);
        int sections = (int) object.getLong(40);
        int entryBytes = object.getShort(58);
        int count = object.getShort(60);
        int names = (int) object.getLong(sections + object.getShort(62) * entryBytes + 24);
        for (int i = 0; i < count; i++) {
            int section = sections + i * entryBytes;
            if (string(object, names + object.getInt(section)).equals(".BTF")) {
                BtfStructs structs = new BtfStructs();
                structs.readTypes(object, (int) object.getLong(section + 24));
                return structs;
            }
        }
        throw new IllegalArgumentException("the object has no .BTF section");
    }

    public int size(String struct) {
        return sizes.get(struct);
    }

    /** Offsets in bytes by member name. */
    public Map<String, Integer> members(String struct) {
        return members.get(struct);
    }

    private void readTypes(ByteBuffer object, int btf) {
        int header = object.getInt(btf + 4);
        int types = btf + header + object.getInt(btf + 8);
        int end = types + object.getInt(btf + 12);
        int strings = btf + header + object.getInt(btf + 16);
        int at = types;
        while (at < end) {
            int info = object.getInt(at + 4);
            int kind = (info >> 24) & 0x1f;
            int entries = info & 0xffff;
            if (kind == KIND_STRUCT) {
                Map<String, Integer> offsets = new HashMap<>();
                for (int i = 0; i < entries; i++) {
                    int member = at + 12 + 12 * i;
                    offsets.put(
                            string(object, strings + object.getInt(member)),
                            (object.getInt(member + 8) & 0xffffff) / 8);
                }
                String name = string(object, strings + object.getInt(at));
                sizes.put(name, object.getInt(at + 8));
                members.put(name, offsets);
            }
            at += 12 + extraBytes(kind, entries);
        }
    }

    private static int extraBytes(int kind, int entries) {
        return switch (kind) {
            case KIND_INT, KIND_VAR, KIND_DECL_TAG -> 4;
            case KIND_ARRAY -> 12;
            case KIND_STRUCT, KIND_UNION, KIND_DATASEC, KIND_ENUM64 -> 12 * entries;
            case KIND_ENUM, KIND_FUNC_PROTO -> 8 * entries;
            default -> 0;
        };
    }

    private static String string(ByteBuffer object, int at) {
        int end = at;
        while (object.get(end) != 0) {
            end++;
        }
        byte[] name = new byte[end - at];
        object.get(at, name);
        return new String(name, StandardCharsets.UTF_8);
    }
}
