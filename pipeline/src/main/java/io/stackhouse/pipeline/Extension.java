package io.stackhouse.pipeline;

/** A component beside the pipelines, such as an {@link Authenticator}. Started before and closed after everything else. */
public interface Extension extends Component {}
