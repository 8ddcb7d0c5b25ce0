using System.Globalization;
using Microsoft.AspNetCore.Http;
using PluginMail.Abstractions;
using PluginMail.Queue;
using PluginMail.Storage;

namespace PluginMail.Admin;

/// <summary>The query of a request for the queue. The first thing that is wrong with it is kept.</summary>
internal sealed class QueueQuery
{
    private readonly IQueryCollection _query;

    public QueueQuery(IQueryCollection query, string[] known)
    {
        _query = query;
        Problem = query.Keys.FirstOrDefault(key => !known.Contains(key, StringComparer.Ordinal)) is { } unknown
            ? $"There is no parameter '{unknown}'; they are {string.Join(", ", known)}"
            : query.FirstOrDefault(pair => pair.Value.Count != 1).Key is { } twice ? $"'{twice}' is there twice" : null;
    }

    /// <summary>What is wrong; null where nothing is.</summary>
    public string? Problem { get; private set; }

    public QueueFilter ReadFilter() => new(null, ReadDomain(), ReadSender(), ReadState());

    public ReturnReason ReadReason()
    {
        if (ReturnReason.TryParse(Find("reason"), out ReturnReason? reason))
        {
            return reason;
        }

        Problem ??= $"The reason is not one line of 1 to {ReturnReason.MaximumLength} printable characters";
        return ReturnReason.None;
    }

    public bool ReadAll() => Find("all") == "true";

    public int ReadNumber(string name, int without, int most) => (int)ReadNumber(name, (long)without, most);

    public long ReadNumber(string name, long without, long most)
    {
        if (Find(name) is not { } text)
        {
            return without;
        }

        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) || number < 1 || number > most)
        {
            Problem ??= $"'{text}' is not a number from 1 to {most}, for {name}";
        }

        return number;
    }

    private string? ReadDomain()
    {
        if (Find("destination") is not { } text)
        {
            return null;
        }

        if (EmailAddress.IsDomain(text))
        {
            return QueueDomain.Of(new EmailAddress("x", text));
        }

        Problem ??= $"'{text}' is not a domain";
        return null;
    }

    private string? ReadSender()
    {
        string? text = Find("sender");
        if (text is null or "" or "<>")
        {
            return text is null ? null : "";
        }

        if (EmailAddress.TryParse(text, out EmailAddress? address))
        {
            return $"{address.LocalPart}@{address.Domain}";
        }

        Problem ??= $"'{text}' is not an address; the null sender is empty";
        return null;
    }

    private QueueRecipientStatus? ReadState()
    {
        if (Find("state") is not { } text)
        {
            return null;
        }

        if (Enum.TryParse(text, ignoreCase: true, out QueueRecipientStatus state) && Enum.IsDefined(state) && !char.IsAsciiDigit(text[0]))
        {
            return state;
        }

        Problem ??= $"'{text}' is not a state; they are {string.Join(", ", Enum.GetNames<QueueRecipientStatus>()).ToLowerInvariant()}";
        return null;
    }

    private string? Find(string name) => _query.TryGetValue(name, out var values) ? values.ToString() : null;
}
