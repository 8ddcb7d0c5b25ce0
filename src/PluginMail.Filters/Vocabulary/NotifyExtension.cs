using System.Collections.Immutable;
using System.Text;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Syntax;
using PluginMail.Mime;

namespace PluginMail.Filters.Vocabulary;

/// <summary>The capability "enotify" (RFC 5435) with the method mailto (RFC 5436).</summary>
internal static class NotifyExtension
{
    private const string Name = "enotify";
    private const int LongestSubject = 400;

    public static void AddTo(VocabularyBuilder vocabulary) => vocabulary
        .Add(new Capability(Name, "the action notify with the method mailto, and tests of methods", "RFC 5435, RFC 5436"))
        .Add(new Word("notify", WordKind.Action, "Tells somebody of the message.")
        {
            Reference = "RFC 5435 3",
            Capability = Name,
            Parameters = [new("method", ValueKind.Text)],
            Tags =
            [
                new("from", "the notice's author") { Value = new("from", ValueKind.Text) },
                new("importance", "1 high, 2 normal, 3 low") { Value = new("importance", ValueKind.Text) { Allowed = ["1", "2", "3"] } },
                new("options", "passed over: mailto has none") { Value = new("options", ValueKind.TextList) },
                new("message", "the notice; by mail its subject") { Value = new("message", ValueKind.Text) },
            ],
            Check = Check,
            CompileCommand = static (word, _) => Notify(word),
        })
        .Add(new Word("valid_notify_method", WordKind.Test, "True when all of the methods are supported and well-formed.")
        {
            Reference = "RFC 5435 4",
            Capability = Name,
            Parameters = [new("notification-uris", ValueKind.TextList)],
            CompileTest = static (word, _) => new ValidNotifyMethodNode(word.Span, word.TextsAt(0)),
        })
        .Add(new Word("notify_method_capability", WordKind.Test, "Matches what is known of a method: \"online\" is \"maybe\".")
        {
            Reference = "RFC 5435 5",
            Capability = Name,
            Parameters = [new("notification-uri", ValueKind.Text), new("notification-capability", ValueKind.Text), new("key-list", ValueKind.TextList, ValueMeaning.Key)],
            TakesMatch = true,
            CompileTest = static (word, context) => context.Match(word, word.TextsAt(2), [CapabilityOf(word.TextAt(0), word.TextAt(1))]),
        })
        .Add(new SetModifier("encodeurl", "octets that a URI cannot hold as %XX", 15) { Capability = Name, Apply = EncodeUrl });

    /// <summary>The octets that a URI holds as they are (RFC 3986 2.3), the others as %XX (RFC 5435 6).</summary>
    public static ReadOnlyMemory<byte> EncodeUrl(ReadOnlyMemory<byte> value)
    {
        var output = new StringBuilder();
        foreach (var octet in value.Span)
        {
            if (char.IsAsciiLetterOrDigit((char)octet) || octet is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~')
            {
                output.Append((char)octet);
            }
            else
            {
                output.Append('%').Append(octet.ToString("X2"));
            }
        }

        return Encoding.ASCII.GetBytes(output.ToString());
    }

    private static ActionNode Notify(BoundWord word)
    {
        var method = word.TextAt(0);
        var from = word.TextOf("from");
        var message = word.TextOf("message");
        var importance = word.TextOf("importance")?.Constant ?? "2";
        var fcc = FccExtension.Of(word);
        var at = word.Span;
        return new(at, run =>
        {
            var uri = method.Text(run);
            if (MailtoUri.Parse(uri, out var fault) is not { } mailto)
            {
                run.Fail(FilterCodes.BadNotifyMethod, $"`notify` cannot use \"{Shorten(uri)}\": {fault}.", at);
                return null;
            }

            return Effect(run, uri, mailto, message?.Text(run)) with { From = AuthorOf(from?.Text(run)), Importance = importance, Fcc = fcc(run) };
        });
    }

    private static FilterEffect.Notify Effect(FilterRun run, string uri, MailtoUri mailto, string? message)
    {
        var input = run.Input;
        var subject = input.Message.GetHeader("subject") is [var first, ..] ? Encoding.UTF8.GetString(first) : "";
        var from = input.Message.GetHeader("from") is [var author, ..] ? Encoding.UTF8.GetString(author) : "";
        return new(uri)
        {
            IsCopy = true,
            To = mailto.To,
            Cc = mailto.Cc,
            Subject = Cut(message ?? mailto.Subject ?? subject),
            Body = mailto.Body ?? $"From: {from}\nSubject: {subject}\n",
            Fields = mailto.Fields,
            References = AutomaticReply.ReferencesOf(input.Message),
            Obstacle = AutomaticReply.IsByProgram(input.Message) ? "a program sent the message" : mailto.To.IsEmpty && mailto.Cc.IsEmpty ? "it has no recipient" : null,
        };
    }

    private static RunReader CapabilityOf(StringExpression uri, StringExpression capability) => new(run =>
        capability.Text(run).Equals("online", StringComparison.OrdinalIgnoreCase) && MailtoUri.Parse(uri.Text(run), out _) is not null
            ? [new TextValue("maybe")]
            : []);

    private static string? AuthorOf(string? from) =>
        from is not null && !from.AsSpan().ContainsAny('\r', '\n', '\0') && AddressParser.Parse(from, 2) is [{ IsValid: true, IsGroup: false }] ? from : null;

    private static void Check(BoundWord word, DiagnosticBag diagnostics)
    {
        FccExtension.Check(word, diagnostics);
        if (word.TextOf("from") is { IsConstant: true } from && AuthorOf(from.Constant) is null)
        {
            diagnostics.Add(FilterCodes.BadAddress, word.TagOf("from")!.Value!.Span, $"`:from` needs one mail address such as \"Name <name@example.org>\", not \"{Shorten(from.Constant)}\".");
        }

        foreach (var option in word.ValueOf("options") is BoundStrings options ? options.Strings : [])
        {
            if (option.Value.IsConstant && !IsOption(option.Value.Constant))
            {
                diagnostics.Add(FilterCodes.BadValue, option.Syntax.Span, "An option has the form \"name=value\".");
            }
        }
    }

    private static bool IsOption(string text) =>
        text.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals && char.IsAsciiLetterOrDigit(text[0])
        && text.AsSpan(0, equals).ToString().All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_');

    private static string Cut(string text)
    {
        var line = string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character)).Trim();
        return line.Length <= LongestSubject ? line : line[..LongestSubject];
    }

    private static string Shorten(string text) => text.Length <= 100 ? text : string.Concat(text.AsSpan(0, 99), "…");
}

/// <summary>valid_notify_method (RFC 5435 4).</summary>
internal sealed class ValidNotifyMethodNode(SourceSpan span, ImmutableArray<StringExpression> uris) : TestNode(span)
{
    protected override bool Evaluate(FilterRun run)
    {
        foreach (var uri in uris)
        {
            if (MailtoUri.Parse(uri.Text(run), out _) is null)
            {
                return false;
            }
        }

        return true;
    }
}
