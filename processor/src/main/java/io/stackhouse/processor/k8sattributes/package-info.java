/** The {@code k8s_attributes} processor: what Kubernetes knows of the pod that telemetry comes from. */
@NullMarked
package io.stackhouse.processor.k8sattributes;

import org.jspecify.annotations.NullMarked;
