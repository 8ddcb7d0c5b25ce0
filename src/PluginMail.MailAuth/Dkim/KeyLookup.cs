using PluginMail.Abstractions;

namespace PluginMail.MailAuth;

/// <summary>What came of looking a key up.</summary>
/// <param name="Key">The key; null where there is none.</param>
/// <param name="Result">Why there is none: TempError or PermError; Pass where there is one.</param>
/// <param name="Problem">The same in words.</param>
internal sealed record KeyAnswer(DkimKeyRecord? Key, DkimResult Result, string? Problem);

/// <summary>Looks public keys up (RFC 6376 section 3.6.2), each at most once.</summary>
internal sealed class KeyLookup(IDnsResolver dns)
{
    private const int MaximumRecords = 8;

    private readonly Dictionary<string, Task<KeyAnswer>> _answers = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Starts a look-up; the same one for the same key. Not thread-safe.</summary>
    public Task<KeyAnswer> FindAsync(string selector, string domain, CancellationToken cancellationToken)
    {
        string name = $"{selector}._domainkey.{domain}";
        if (!_answers.TryGetValue(name, out Task<KeyAnswer>? answer))
        {
            _answers.Add(name, answer = QueryAsync(name, cancellationToken));
        }

        return answer;
    }

    private async Task<KeyAnswer> QueryAsync(string name, CancellationToken cancellationToken)
    {
        if (!DomainName.IsQueryable(name))
        {
            return new KeyAnswer(null, DkimResult.PermError, "no domain name");
        }

        DnsAnswer answer;
        try
        {
            answer = await dns.QueryAsync(name, DnsRecordType.TXT, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return new KeyAnswer(null, DkimResult.TempError, "no time left for the key");
        }

        if (answer.Status == DnsStatus.Failure)
        {
            return new KeyAnswer(null, DkimResult.TempError, "key could not be looked up");
        }

        if (answer.Status != DnsStatus.Found)
        {
            return new KeyAnswer(null, DkimResult.PermError, "no key");
        }

        DkimKeyRecord? key = answer.Records.Take(MaximumRecords).Select(DkimKeyRecord.TryParse).FirstOrDefault(key => key is not null);
        return key is null
            ? new KeyAnswer(null, DkimResult.PermError, "not a key record")
            : new KeyAnswer(key, DkimResult.Pass, null);
    }
}
