using System.Collections.Immutable;
using System.Net;

namespace PluginMail.Dnsbl;

/// <summary>What a list is asked about.</summary>
[Flags]
internal enum Subjects
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The client's address.</summary>
    Client = 1,

    /// <summary>The domain of the reverse path.</summary>
    Sender = 2,

    /// <summary>The name in HELO or EHLO.</summary>
    Helo = 4,

    /// <summary>The reverse name of the client's address.</summary>
    ReverseName = 8,

    /// <summary>The hosts of links in the message.</summary>
    Uri = 16,
}

/// <summary>What being listed means.</summary>
internal enum ListAction
{
    /// <summary>Its points count.</summary>
    Score,

    /// <summary>Refused, whatever the points.</summary>
    Refuse,

    /// <summary>An allow list: no list counts against the client, and other plugins are told to leave it alone.</summary>
    Bypass,
}

/// <summary>What one of a list's answers means.</summary>
/// <param name="Pattern">Which answer.</param>
/// <param name="Points">What it counts.</param>
/// <param name="Meaning">A word for the score's reason; empty where there is none.</param>
internal sealed record ReturnCode(CodePattern Pattern, double Points, string Meaning);

/// <summary>What a list's answer comes to.</summary>
/// <param name="IsListed">Whether the name is on the list.</param>
/// <param name="Points">The sum of what the codes count.</param>
/// <param name="Meaning">The codes' words.</param>
/// <param name="Error">The answer that is no answer: this server may not ask the list; else null.</param>
internal readonly record struct ListJudgement(bool IsListed, double Points, string Meaning, string? Error);

/// <summary>A list in DNS (RFC 5782).</summary>
/// <param name="Zone">Where it is.</param>
/// <param name="Name">What replies and the log call it; not the zone where that holds a customer's key.</param>
/// <param name="Subjects">What it is asked about.</param>
/// <param name="Action">What being listed means.</param>
/// <param name="Points">What an answer counts, where no codes are named.</param>
/// <param name="Codes">What the answers mean; empty: any answer of 127.0.0.0/8 is a listing.</param>
/// <param name="Errors">Answers that say that this server may not ask.</param>
/// <param name="SaysText">Whether a refusal quotes the list's own text.</param>
/// <param name="AsksAddresses">Whether hosts of links that are addresses are asked about.</param>
/// <param name="AsksRegistered">Whether names are cut to the domain that someone registered.</param>
internal sealed record DnsList(
    string Zone,
    string Name,
    Subjects Subjects,
    ListAction Action,
    double Points,
    ImmutableArray<ReturnCode> Codes,
    ImmutableArray<CodePattern> Errors,
    bool SaysText,
    bool AsksAddresses,
    bool AsksRegistered)
{
    /// <summary>The reason of its points: <c>DNSBL_ZEN</c> of zen.spamhaus.org.</summary>
    public string Reason { get; } = "DNSBL_" + Word(Name.Split('.')[0]);

    /// <summary>Letters and digits in upper case, underscores for the rest.</summary>
    public static string Word(string text) => string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_'));

    /// <summary>Says what answers mean.</summary>
    /// <param name="records">The A records.</param>
    public ListJudgement Judge(ImmutableArray<string> records)
    {
        double points = 0;
        string meaning = "";
        bool isListed = false;
        var counted = new HashSet<ReturnCode>(ReferenceEqualityComparer.Instance);
        foreach (string record in records)
        {
            if (!IPAddress.TryParse(record, out var answer) || answer.GetAddressBytes()[0] != 127 || Errors.Any(error => error.Matches(answer)))
            {
                return new ListJudgement(IsListed: false, 0, "", record);
            }

            isListed |= Codes.IsEmpty;
            foreach (var code in Codes.Where(code => code.Pattern.Matches(answer) && counted.Add(code)))
            {
                isListed = true;
                points += code.Points;
                meaning += code.Meaning.Length == 0 ? "" : $"_{Word(code.Meaning)}";
            }
        }

        return new ListJudgement(isListed, Codes.IsEmpty ? Points : points, meaning, Error: null);
    }
}
