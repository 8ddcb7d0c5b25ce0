using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using PluginMail.Abstractions;
using PluginMail.Daemons;
using PluginMail.Text;

namespace PluginMail.Rspamd;

/// <summary>Reads the reply to <c>/checkv2</c>. What has the wrong type counts as not there; only action and score must be.</summary>
internal static class JudgementReader
{
    private const double MostPoints = 1_000_000;
    private const int MostSymbols = 40;
    private const int MostFields = 30;
    private const int MostRecipients = 100;
    private const string SpamField = "X-Spam";
    private const int LongestValue = 4000;
    private const int LongestName = 60;
    private static readonly Answer<Judgement> Nonsense = Answer<Judgement>.None("answered what is no judgement");

    /// <summary>Reads it.</summary>
    /// <returns>The judgement; declined where a string in it, which may be the message's own, is none.</returns>
    public static Answer<Judgement> Read(ReadOnlyMemory<byte> octets)
    {
        try
        {
            using var document = JsonDocument.Parse(Repaired(octets), new JsonDocumentOptions { MaxDepth = 32 });
            return Read(document.RootElement) is { } judgement ? Answer<Judgement>.Of(judgement) : Nonsense;
        }
        catch (JsonException)
        {
            return Nonsense;
        }
        catch (InvalidOperationException)
        {
            return Answer<Judgement>.Declined("answered half a character"); // an escape of one surrogate
        }
    }

    /// <summary>Octets of the message that are no UTF-8 may be in it.</summary>
    private static ReadOnlyMemory<byte> Repaired(ReadOnlyMemory<byte> octets) =>
        Utf8.IsValid(octets.Span) ? octets : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(octets.Span));

    private static Judgement? Read(JsonElement root)
    {
        if (Text(root, "action") is not { Length: > 0 and <= 40 } action || Number(root, "score") is not { } score)
        {
            return null;
        }

        return new Judgement(
            action,
            score,
            Number(root, "required_score") ?? 0,
            ReadSymbols(root),
            Printable.Of(Text(Member(root, "messages"), "smtp_message") ?? ""),
            OneLine(Text(root, "subject") ?? ""),
            Text(root, "reject") ?? "",
            WithSignatures(ReadMilter(Member(root, "milter")), Member(root, "dkim-signature")));
    }

    private static ImmutableArray<Symbol> ReadSymbols(JsonElement root)
    {
        List<Symbol> symbols = [];
        foreach (var (name, value) in Members(Member(root, "symbols")))
        {
            if (Number(value, "score") is { } score && Printable.Of(name, LongestName).Replace(' ', '_') is { Length: > 0 } word)
            {
                symbols.Add(new Symbol(word, score));
            }
        }

        return [.. symbols.OrderByDescending(static symbol => Math.Abs(symbol.Score)).Take(MostSymbols)];
    }

    private static MilterReply ReadMilter(JsonElement milter)
    {
        if (milter.ValueKind != JsonValueKind.Object)
        {
            return MilterReply.Empty;
        }

        var add = Members(Member(milter, "add_headers"))
            .Where(static field => HeaderEdit.IsFieldName(field.Name))
            .SelectMany(static field => Values(field.Value).Select(value => (field.Name, Value: value)))
            .Select(static field => (field.Name, Value: OneLine(Value(field.Value)), AtTop: Number(field.Value, "order") is >= 0))
            .Where(static field => field.Value.Length > 0);
        var remove = Members(Member(milter, "remove_headers"))
            .Where(static field => HeaderEdit.IsFieldName(field.Name))
            .SelectMany(static field => Indices(field.Value).Select(index => (field.Name, Index: index)));
        return new MilterReply(
            [.. add.Take(MostFields)],
            [.. remove.Take(MostFields)],
            Signatures: [],
            ReadSpamFields(Member(milter, "spam_header")),
            ReadRecipients(Member(milter, "add_rcpt")),
            ReadRecipients(Member(milter, "del_rcpt")),
            Text(milter, "change_from"),
            Text(milter, "reject") ?? "",
            Member(milter, "no_action").ValueKind == JsonValueKind.True);
    }

    /// <summary>A string is the value of the field X-Spam; an object has fields with their values.</summary>
    private static ImmutableArray<(string Name, string Value)> ReadSpamFields(JsonElement value)
    {
        var fields = value.ValueKind == JsonValueKind.String ? [(Name: SpamField, Value: value)] : Members(value);
        return
        [
            .. fields.Where(static field => HeaderEdit.IsFieldName(field.Name))
                .Select(static field => (field.Name, Value: OneLine(Value(field.Value))))
                .Where(static field => field.Value.Length > 0)
                .Take(MostFields),
        ];
    }

    private static ImmutableArray<EmailAddress> ReadRecipients(JsonElement value)
    {
        var recipients = ImmutableArray.CreateBuilder<EmailAddress>();
        foreach (var item in value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Take(MostRecipients) : [value])
        {
            if (EmailAddress.TryParse(Value(item).Trim('<', '>'), out var recipient))
            {
                recipients.Add(recipient);
            }
        }

        return recipients.ToImmutable();
    }

    private static MilterReply WithSignatures(MilterReply milter, JsonElement signatures) => milter with
    {
        Signatures = [.. Values(signatures).Select(static signature => Value(signature)).Where(static value => value.Length is > 0 and <= LongestValue)],
    };

    /// <summary>
    /// Which fields of a name are removed: a number, or a list of them; what is none is left out. Those that count from the first go from the last
    /// of them on, and those that count from the last from the first of them on, so that the others keep their numbers.
    /// </summary>
    private static IEnumerable<int> Indices(JsonElement value)
    {
        int[] numbers =
        [
            .. Values(value).Select(static one => one.ValueKind == JsonValueKind.Number && one.TryGetInt32(out int number) ? number : (int?)null)
                .OfType<int>().Distinct(),
        ];
        return numbers.Contains(0) ? [0] : numbers.Where(static number => number > 0).OrderDescending().Concat(numbers.Where(static number => number < 0).Order());
    }

    /// <summary>A field may have one value or a list of them.</summary>
    private static List<JsonElement> Values(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Take(MostFields)] : [value];

    /// <summary>A value is a string, or an object with the string and its place.</summary>
    private static string Value(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : Text(value, "value") ?? "";

    /// <summary>A value unfolded (RFC 5322 section 2.2.3); the server folds it anew.</summary>
    private static string OneLine(string text) => text.Length > LongestValue ? ""
        : string.Join(' ', text.Split(['\r', '\n', '\t', '\0'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static IEnumerable<(string Name, JsonElement Value)> Members(JsonElement element) => element.ValueKind == JsonValueKind.Object
        ? element.EnumerateObject().Select(static property => (property.Name, property.Value))
        : [];

    private static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : default;

    private static string? Text(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } member ? member.GetString() : null;

    private static double? Number(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.Number } member && member.TryGetDouble(out double number) && Math.Abs(number) <= MostPoints
            ? number
            : null;
}
