namespace PluginMail.Abstractions;

/// <summary>Asks whether a sender's domain lets a client send for it (SPF, RFC 7208). The Message stage asks the same again, from the resolver's cache.</summary>
public interface ISenderPolicy
{
    /// <summary>Checks the reverse path, as <c>check_host()</c> does (RFC 7208 section 4).</summary>
    /// <param name="session">The client's address and greeting.</param>
    /// <param name="sender">The reverse path; null is the null sender, for which the name of the greeting is checked (section 2.4).</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The result; what DNS cannot say is one too. None where no client is connected.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    ValueTask<SenderPolicyResult> CheckAsync(ISessionView session, EmailAddress? sender, CancellationToken cancellationToken);
}

/// <summary>What a domain says of a client (RFC 7208 section 2.6).</summary>
public enum SenderPolicyResult
{
    /// <summary>Nothing: there is no record.</summary>
    None,

    /// <summary>That it says nothing about this client.</summary>
    Neutral,

    /// <summary>The client may.</summary>
    Pass,

    /// <summary>The client may not.</summary>
    Fail,

    /// <summary>The client probably may not.</summary>
    SoftFail,

    /// <summary>DNS could not say; ask again later.</summary>
    TemporaryError,

    /// <summary>Its record cannot be understood.</summary>
    PermanentError,
}
