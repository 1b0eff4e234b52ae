package io.stackhouse.processor.k8sattributes;

import java.util.List;
import java.util.Map;

/**
 * What is kept of a pod. Immutable.
 *
 * @param keys that lead to it
 * @param attributes what is added to its resources
 * @param ofContainers what is added for one of its containers, by the container's name and by its id
 */
record KnownPod(List<String> keys, Map<String, String> attributes, Map<String, Map<String, String>> ofContainers) {}
