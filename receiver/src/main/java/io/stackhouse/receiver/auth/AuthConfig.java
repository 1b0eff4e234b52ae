package io.stackhouse.receiver.auth;

import io.stackhouse.pipeline.AuthenticatorId;

/**
 * Who may send to a port.
 *
 * @param authenticator id of an extension that checks each request
 */
public record AuthConfig(AuthenticatorId authenticator) {}
