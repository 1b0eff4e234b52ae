package io.stackhouse.agent.unwind;

import io.stackhouse.agent.libbpf.BpfMap;

/**
 * The maps by which user space tells the unwinder what it needs; owned by the BPF object.
 *
 * @param mappings of processes, by tgid: {@code struct sh_process}
 * @param regions places of tables: an array that can be mapped
 * @param chunks the array of maps that holds them
 * @param latches until when a process asks for nothing more, by {@code struct process_key}
 */
public record UnwindMaps(BpfMap mappings, BpfMap regions, BpfMap chunks, BpfMap latches) {}
