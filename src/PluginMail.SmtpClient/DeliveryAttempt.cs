using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;

namespace PluginMail.SmtpClient;

/// <summary>Tries the hosts of a message's destination one after another until every recipient is answered.</summary>
internal sealed class DeliveryAttempt(
    OutboundDelivery delivery,
    SmtpClientOptions options,
    IDnsResolver dns,
    ITlsPolicies policies,
    ConnectionPool pool,
    OwnAddresses own,
    TimeProvider clock,
    ILogger log)
{
    private readonly Connector _connector = new(options, policies, clock, log);
    private readonly HostAddresses _addresses = new(dns);
    private int _tried;

    /// <summary>Runs the attempt. What came of it stands in the delivery.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        string domain = AsciiDomain.Of(delivery.Message.Domain);
        if (options.Routes.Find(domain) is { } route)
        {
            await RouteAsync(route, cancellationToken);
            return;
        }

        if (HostAddresses.Literal(domain) is { } address)
        {
            await ExchangerAsync(new MailHost(domain, address.ToString(), options.Port, IsMxAuthenticated: false, IsAddressAuthenticated: false), cancellationToken);
            return;
        }

        if (domain.StartsWith('['))
        {
            Fail(new SmtpReply(550, new EnhancedStatusCode(5, 1, 2), $"{domain} is no address"), isDown: false);
            return;
        }

        ExchangerList exchangers = await new MailExchangers(dns).FindAsync(domain, options.Hostname, cancellationToken);
        if (exchangers.Failure is { } failure)
        {
            Fail(failure, isDown: failure.IsTransient);
            return;
        }

        int? looked = null;
        foreach (MailExchanger exchanger in exchangers.Hosts.Take(options.MaximumHosts))
        {
            if (looked != exchanger.Preference && await IsOursAsync(exchangers, exchanger.Preference, cancellationToken))
            {
                Fail(MailExchangers.LoopsBack(domain), isDown: false); // none is better than this server, by whatever name it stands there
                return;
            }

            looked = exchanger.Preference;
            var host = new MailHost(domain, exchanger.Name, options.Port, exchangers.IsAuthenticated, IsAddressAuthenticated: false);
            if (await ExchangerAsync(host, cancellationToken))
            {
                return;
            }
        }
    }

    // RFC 5321 section 5.1: hosts of this server's own preference are left out like those behind it. A host alone at its preference is looked up
    // when its turn comes.
    private async ValueTask<bool> IsOursAsync(ExchangerList exchangers, int preference, CancellationToken cancellationToken)
    {
        MailExchanger[] equal = [.. exchangers.Hosts.Where(host => host.Preference == preference).Take(options.MaximumHosts)];
        foreach (MailExchanger host in equal.Length > 1 && !options.OwnEndPoints.IsEmpty ? equal : [])
        {
            AddressList found = await _addresses.FindAsync(host.Name, cancellationToken);
            if (found.Addresses.Any(address => own.Contains(options.OwnEndPoints, address, options.Port)))
            {
                return true;
            }
        }

        return false;
    }

    // True where no other host is to be tried.
    private async ValueTask<bool> ExchangerAsync(MailHost host, CancellationToken cancellationToken)
    {
        AddressList found = await _addresses.FindAsync(host.Host, cancellationToken);
        if (found.Addresses.IsEmpty)
        {
            Fail(WithoutAddress(host.Host, found), isDown: found.IsUncertain);
            return false;
        }

        if (found.Addresses.Any(address => own.Contains(options.OwnEndPoints, address, host.Port)))
        {
            Fail(MailExchangers.LoopsBack(host.Domain), isDown: false); // those behind it would only bring the mail back here
            return true;
        }

        host = host with { IsAddressAuthenticated = found.IsAuthenticated };
        HostTlsPolicy policy = ForRequireTls(host, await policies.FindAsync(host, cancellationToken));
        if (policy.Refusal is { } refusal)
        {
            delivery.NoteFailure(refusal, host.Host, null, isDown: false);
            return false;
        }

        return await AddressesAsync(
            found.Addresses, address => new Destination(host.Host, new IPEndPoint(address, host.Port), policy) { Exchanger = host }, cancellationToken);
    }

    private async ValueTask RouteAsync(RelayRoute route, CancellationToken cancellationToken)
    {
        if (route.IsUnixSocket)
        {
            await TryAsync(ToRoute(route, new UnixDomainSocketEndPoint(route.Host)), cancellationToken);
            return;
        }

        AddressList found = await _addresses.FindAsync(route.Host, cancellationToken);
        if (found.Addresses.IsEmpty)
        {
            // A relay that cannot be found is a wrong setting or a broken resolver, and never the sender's fault.
            Fail(new SmtpReply(451, new EnhancedStatusCode(4, 4, 3), $"the relay {route.Host} has no address now"), isDown: true);
            return;
        }

        await AddressesAsync(found.Addresses, address => ToRoute(route, new IPEndPoint(address, route.Port)), cancellationToken);
    }

    private async ValueTask<bool> AddressesAsync(
        ImmutableArray<IPAddress> addresses, Func<IPAddress, Destination> destination, CancellationToken cancellationToken)
    {
        foreach (IPAddress address in addresses)
        {
            if (_tried >= options.MaximumAddresses)
            {
                return true;
            }

            IPAddress? source = address.AddressFamily == AddressFamily.InterNetworkV6 ? options.SourceIPv6 : options.SourceIPv4;
            if (await TryAsync(destination(address) with { Source = source }, cancellationToken))
            {
                return true;
            }
        }

        return false;
    }

    // True where no other host is to be tried.
    private async ValueTask<bool> TryAsync(Destination destination, CancellationToken cancellationToken)
    {
        _tried++;
        bool mayBeOld = true;
        while (true)
        {
            if (!mayBeOld || !pool.TryTake(destination.Key, out SmtpConnection? connection))
            {
                long begun = clock.GetTimestamp();
                (connection, SmtpReply? failure) = await _connector.ConnectAsync(destination, cancellationToken);
                SmtpClientMetrics.ConnectTook(connection is not null, clock.GetElapsedTime(begun));
                SmtpClientMetrics.Connected(connection is null ? "failed" : "opened", connection?.Tls is not null);
                if (connection is null)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    delivery.NoteFailure(failure!, destination.Name, null, isDown: true);
                    SmtpClientLog.NextHost(log, delivery.Message.TransactionId, failure!.ToString());
                    return false;
                }
            }
            else
            {
                SmtpClientMetrics.Connected("reused", connection.Tls is not null);
            }

            TransactionEnd end = await UseAsync(connection, destination.Key, cancellationToken);
            if (end != TransactionEnd.Stale)
            {
                return end == TransactionEnd.Settled;
            }

            mayBeOld = false; // the host may have closed all that rested
        }
    }

    // Transaction after transaction until all recipients are answered; the connection goes back to the pool or is closed.
    private async ValueTask<TransactionEnd> UseAsync(SmtpConnection connection, PoolKey key, CancellationToken cancellationToken)
    {
        bool isWhole = false;
        try
        {
            TransactionEnd end;
            do
            {
                var transaction = new MailTransaction(delivery, connection, options);
                long begun = clock.GetTimestamp();
                end = await transaction.RunAsync(cancellationToken);
                SmtpClientMetrics.TransactionTook(clock.GetElapsedTime(begun));
            }
            while (end == TransactionEnd.Settled && delivery.IsPending);

            isWhole = true;
            return end;
        }
        finally
        {
            if (isWhole)
            {
                pool.Return(key, connection);
            }
            else
            {
                await connection.DisposeAsync();
            }
        }
    }

    // RFC 8689 section 4.2.1: the way to the host must be vouched for, by DNSSEC or by a policy, and its certificate verified.
    private HostTlsPolicy ForRequireTls(MailHost host, HostTlsPolicy policy)
    {
        if (!delivery.Message.RequiresTls || policy.Requirement == TlsRequirement.Verified)
        {
            return policy;
        }

        return host.IsMxAuthenticated
            ? policy with { Requirement = TlsRequirement.Verified, Check = WebPki.Check, Name = "REQUIRETLS" }
            : policy with
            {
                Refusal = new SmtpReply(
                    550, new EnhancedStatusCode(5, 7, 30), $"{host.Host} cannot be verified as REQUIRETLS demands: neither DNSSEC nor MTA-STS vouches for it"),
            };
    }

    private static HostTlsPolicy PolicyOf(RelayRoute route) => route.Tls switch
    {
        RouteTls.None => new HostTlsPolicy { Requirement = TlsRequirement.None },
        RouteTls.Opportunistic => HostTlsPolicy.Opportunistic,
        _ when route.VerifiesCertificate => new HostTlsPolicy { Requirement = TlsRequirement.Verified, Check = WebPki.Check },
        _ => new HostTlsPolicy { Requirement = TlsRequirement.Encrypted },
    };

    private static Destination ToRoute(RelayRoute route, EndPoint endPoint) => new(route.Host, endPoint, PolicyOf(route))
    {
        IsLmtp = route.Protocol == OutboundProtocol.Lmtp,
        IsTlsImplicit = route.Tls == RouteTls.Implicit,
        Credentials = route.Credentials,
    };

    private static SmtpReply WithoutAddress(string host, AddressList found) => found.IsUncertain
        ? new SmtpReply(451, new EnhancedStatusCode(4, 4, 3), $"the addresses of {host} cannot be looked up now")
        : new SmtpReply(550, new EnhancedStatusCode(5, 4, 4), $"{host} has no address");

    private void Fail(SmtpReply reply, bool isDown) => delivery.NoteFailure(reply, null, null, isDown);
}
