using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;

namespace PluginMail.SmtpClient;

/// <summary>Opens connections: TCP, TLS, greeting, EHLO, STARTTLS, AUTH, up to where MAIL can be said.</summary>
/// <param name="options">Settings.</param>
/// <param name="policies">Hears how securing went.</param>
/// <param name="clock">The clock.</param>
/// <param name="log">The log.</param>
internal sealed class Connector(SmtpClientOptions options, ITlsPolicies policies, TimeProvider clock, ILogger log)
{
    /// <summary>Opens a connection; where opportunistic TLS breaks off, another one without TLS (RFC 7435).</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<ConnectResult> ConnectAsync(Destination destination, CancellationToken cancellationToken)
    {
        var attempt = new Attempt(destination, destination.Policy);
        ConnectResult result = await OpenAsync(attempt, cancellationToken);
        if (!attempt.MayGoWithoutTls || cancellationToken.IsCancellationRequested)
        {
            return result;
        }

        SmtpClientLog.TlsGivenUp(log, destination.Name, result.Failure?.Text ?? "");
        return await OpenAsync(new Attempt(destination, new HostTlsPolicy { Requirement = TlsRequirement.None }), cancellationToken);
    }

    private async ValueTask<ConnectResult> OpenAsync(Attempt attempt, CancellationToken cancellationToken)
    {
        (Socket? socket, string fault) = await ReachAsync(attempt.Destination, cancellationToken);
        if (socket is null)
        {
            return ConnectResult.Failed(451, 4, 1, $"{attempt.Destination.Name} {fault}");
        }

        var connection = new SmtpConnection(socket, attempt.Destination.Name, clock) { IsLmtp = attempt.Destination.IsLmtp };
        bool isReady = false;
        try
        {
            SmtpReply? failure = await PrepareAsync(connection, attempt, cancellationToken);
            isReady = failure is null;
            return new ConnectResult(isReady ? connection : null, failure);
        }
        finally
        {
            if (!isReady)
            {
                await connection.QuitAsync(options.Timeouts.Connect);
            }
        }
    }

    private async ValueTask<(Socket? Socket, string Fault)> ReachAsync(Destination destination, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Timeouts.Connect, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        Socket? socket = null;
        try
        {
            socket = destination.OpenSocket();
            await socket.ConnectAsync(destination.EndPoint, both.Token);
            return (socket, "");
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            socket?.Dispose();
            return (null, e is SocketException fault ? Words(fault) : cancellationToken.IsCancellationRequested ? "was given up" : "cannot be reached in time");
        }
    }

    private static string Words(SocketException fault) => fault.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "refuses connections",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.NetworkDown => "cannot be reached",
        SocketError.TimedOut => "cannot be reached in time",
        _ => $"cannot be reached ({fault.Message})",
    };

    // Null where the connection is ready for MAIL.
    private async ValueTask<SmtpReply?> PrepareAsync(SmtpConnection connection, Attempt attempt, CancellationToken cancellationToken)
    {
        if (attempt.Destination.IsTlsImplicit && await SecureAsync(connection, attempt, cancellationToken) is { } broken)
        {
            return broken;
        }

        SmtpReply? greeting = await connection.ReadReplyAsync(options.Timeouts.Greeting, cancellationToken);
        if (greeting is not { Code: >= 200 and < 300 })
        {
            // RFC 5321 section 5.1: other hosts may take the message, now or later; a host that greets so has not heard of it (Postfix: smtp_skip_5xx_greeting).
            return greeting is { Code: >= 500 }
                ? new SmtpReply(451, new EnhancedStatusCode(4, greeting.Status?.Subject ?? 0, greeting.Status?.Detail ?? 0), $"{connection.Name} turned us away: {greeting}")
                : Failed(connection, greeting, "turned us away");
        }

        return await GreetAsync(connection, cancellationToken)
            ?? await StartTlsAsync(connection, attempt, cancellationToken)
            ?? await LogInAsync(connection, attempt.Destination, cancellationToken);
    }

    private async ValueTask<SmtpReply?> GreetAsync(SmtpConnection connection, CancellationToken cancellationToken)
    {
        string verb = connection.IsLmtp ? "LHLO" : "EHLO";
        SmtpReply? reply = await connection.AskAsync($"{verb} {options.Hostname}\r\n", options.Timeouts.Hello, cancellationToken);
        if (reply is { Code: < 300 })
        {
            connection.Capabilities = PeerCapabilities.Parse(reply);
            return null;
        }

        // RFC 5321 section 3.2: a host that knows no EHLO gets HELO. 421 is a goodbye, and LMTP knows nothing else.
        if (reply is { Code: >= 500 } && !connection.IsLmtp)
        {
            connection.Capabilities = PeerCapabilities.None;
            reply = await connection.AskAsync($"HELO {options.Hostname}\r\n", options.Timeouts.Hello, cancellationToken);
        }

        return reply is { Code: < 300 } ? null : Failed(connection, reply, "refused our greeting");
    }

    private async ValueTask<SmtpReply?> StartTlsAsync(SmtpConnection connection, Attempt attempt, CancellationToken cancellationToken)
    {
        TlsRequirement requirement = attempt.Policy.Requirement;
        if (requirement == TlsRequirement.None || connection.Tls is not null)
        {
            return null;
        }

        bool isRequired = requirement != TlsRequirement.Opportunistic;
        if (!connection.Capabilities.StartTls)
        {
            Report(connection, attempt, new TlsFailure(TlsFailureKind.StartTlsNotSupported, "the host does not offer STARTTLS"));
            return isRequired ? Insufficient(connection, "offers no TLS, which is required") : null;
        }

        SmtpReply? reply = await connection.AskAsync("STARTTLS\r\n", options.Timeouts.Hello, cancellationToken);
        if (reply is not { Code: < 300 })
        {
            Report(connection, attempt, new TlsFailure(TlsFailureKind.StartTlsNotSupported, $"the host refused STARTTLS: {reply}"));
            attempt.MayGoWithoutTls = !isRequired && reply is null;
            if (reply is null or { Code: 421 })
            {
                return Failed(connection, reply, "refused STARTTLS");
            }

            // Whoever sits on the way could say it: a delay, never an end (RFC 7672 section 2.2, RFC 8461 section 5).
            return isRequired ? Insufficient(connection, $"refused STARTTLS, which is required: {reply}") : null;
        }

        return await SecureAsync(connection, attempt, cancellationToken) ?? await GreetAsync(connection, cancellationToken);
    }

    private async ValueTask<SmtpReply?> SecureAsync(SmtpConnection connection, Attempt attempt, CancellationToken cancellationToken)
    {
        var handshake = new ClientHandshake(attempt.Policy, attempt.Destination.Host, options.TrustedRoots);
        bool isSecure = await connection.StartTlsAsync(handshake, options.Timeouts.Handshake, cancellationToken);
        TlsFailure? failure = handshake.Failure ?? (isSecure ? null : new TlsFailure(TlsFailureKind.ValidationFailure, connection.Failure ?? ""));
        Report(connection, attempt, failure);
        if (isSecure)
        {
            return null;
        }

        attempt.MayGoWithoutTls = attempt.Policy.Requirement == TlsRequirement.Opportunistic && !attempt.Destination.IsTlsImplicit;
        return handshake.Failure is { } refused
            ? Insufficient(connection, $"cannot be trusted: {refused.Text}")
            : Insufficient(connection, connection.Failure ?? "");
    }

    private async ValueTask<SmtpReply?> LogInAsync(SmtpConnection connection, Destination destination, CancellationToken cancellationToken)
    {
        if (destination.Credentials is not { } credentials)
        {
            return null;
        }

        if (connection.Tls is null && destination.Policy.Requirement != TlsRequirement.None)
        {
            return new SmtpReply(454, new EnhancedStatusCode(4, 7, 0), $"{connection.Name} offers no TLS: the password is not sent");
        }

        return await SaslLogin.RunAsync(connection, credentials, options.Timeouts.Hello, cancellationToken);
    }

    private void Report(SmtpConnection connection, Attempt attempt, TlsFailure? failure)
    {
        if (failure is not null)
        {
            // Many hosts have no TLS to offer, and where a policy asks for it the failed delivery says so.
            LogLevel level = failure.Kind == TlsFailureKind.StartTlsNotSupported ? LogLevel.Debug : LogLevel.Information;
            SmtpClientLog.TlsFailed(log, level, connection.Name, failure.Kind, failure.Text);
        }

        if (attempt.Destination.Exchanger is { } host)
        {
            policies.Report(new TlsAttempt(host, attempt.Policy, connection.LocalAddress, connection.RemoteAddress, failure));
        }
    }

    private static SmtpReply Insufficient(SmtpConnection connection, string words) =>
        new(454, new EnhancedStatusCode(4, 7, 5), $"{connection.Name} {words}");

    /// <summary>The reply that stands for a step that failed: the host's own, or one that says that none came.</summary>
    public static SmtpReply Failed(SmtpConnection connection, SmtpReply? reply, string words) => reply switch
    {
        null => new SmtpReply(451, new EnhancedStatusCode(4, 4, 2), $"{connection.Name} {connection.Failure}"),
        { Code: < 400 } => new SmtpReply(451, new EnhancedStatusCode(4, 5, 0), $"{connection.Name} {words}: {reply}"),
        _ => new SmtpReply(reply.Code, reply.Status, $"{connection.Name} {words}: {reply.Text}"),
    };

    private sealed class Attempt(Destination destination, HostTlsPolicy policy)
    {
        public Destination Destination => destination;

        public HostTlsPolicy Policy => policy;

        public bool MayGoWithoutTls { get; set; }
    }
}
