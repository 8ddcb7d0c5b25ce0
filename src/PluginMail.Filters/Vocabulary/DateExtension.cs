using System.Collections.Immutable;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Vocabulary;

/// <summary>The capabilities "date" and "index" (RFC 5260).</summary>
internal static class DateExtension
{
    private static readonly Parameter Part = new("date-part", ValueKind.Text) { Allowed = DateParts.Names };
    private static readonly Parameter Keys = new("key-list", ValueKind.TextList, ValueMeaning.Key);

    public static void AddTo(VocabularyBuilder vocabulary)
    {
        vocabulary
            .Add(new Capability("date", "the tests date and currentdate", "RFC 5260"))
            .Add(new Word("date", WordKind.Test, "Matches a part of the date in a header, shown in the local zone.")
            {
                Reference = "RFC 5260 4",
                Capability = "date",
                Tags =
                [
                    new("zone", "shown in this zone, such as \"+0100\"") { Group = "zone", Value = new("time-zone", ValueKind.Text) },
                    new("originalzone", "shown in its own zone") { Group = "zone" },
                ],
                Parameters = [new("header-name", ValueKind.Text, ValueMeaning.HeaderName), Part, Keys],
                TakesMatch = true,
                Check = CheckZone,
                CompileTest = static (word, context) => context.Match(word, word.TextsAt(2), [Date(word, context)]),
            })
            .Add(new Word("currentdate", WordKind.Test, "Matches a part of the time at which the script runs.")
            {
                Reference = "RFC 5260 5",
                Capability = "date",
                Tags = [new("zone", "shown in this zone, such as \"+0100\"") { Value = new("time-zone", ValueKind.Text) }],
                Parameters = [Part, Keys],
                TakesMatch = true,
                Check = CheckZone,
                CompileTest = static (word, context) => context.Match(word, word.TextsAt(1), [CurrentDate(word, context)]),
            })
            .Add(new Capability("index", "the tags :index and :last of header, address and date", "RFC 5260 6"));
        foreach (var word in (ImmutableArray<string>)["header", "address", "date"])
        {
            vocabulary
                .AddTag(word, new("index", "only the field of this number, from 1") { Capability = "index", Value = new("fieldno", ValueKind.Number) })
                .AddTag(word, new("last", "fields are counted from the last") { Capability = "index", Needs = "index" });
        }
    }

    /// <summary>The field that :index and :last mean; null where they are not given.</summary>
    public static FieldIndex? IndexOf(BoundWord word) => word.NumberOf("index") is { } number ? new(number, word.Has("last")) : null;

    /// <summary>The values of one field among those of several names.</summary>
    public static ImmutableArray<ValueReader> Indexed(CompileContext context, ImmutableArray<StringExpression> names, Func<string, ValueSource> sourceOf) =>
        names.All(name => name.IsConstant)
            ? [context.Reader(sourceOf(string.Join('\n', names.Select(name => name.Constant.ToLowerInvariant()))))]
            : [new RunReader(run => run.Input.Read(sourceOf(string.Join('\n', names.Select(name => name.Text(run).ToLowerInvariant())))))];

    private static ValueReader Date(BoundWord word, CompileContext context)
    {
        var header = word.TextAt(0);
        var zone = word.TextOf("zone");
        var part = word.TextAt(1).Constant.ToLowerInvariant();
        var index = IndexOf(word) ?? new(1, false);
        var original = word.Has("originalzone");
        return header.IsConstant && zone is null or { IsConstant: true }
            ? context.Reader(new DateSource(header.Constant.ToLowerInvariant(), index, part, new(original, ZoneOf(zone?.Constant))))
            : new RunReader(run => ZoneOf(zone?.Text(run)) is var minutes && (zone is null || minutes is not null)
                ? run.Input.Read(new DateSource(header.Text(run).ToLowerInvariant(), index, part, new(original, minutes)))
                : []);
    }

    private static ValueReader CurrentDate(BoundWord word, CompileContext context)
    {
        var zone = word.TextOf("zone");
        var part = word.TextAt(0).Constant.ToLowerInvariant();
        return zone is null or { IsConstant: true }
            ? context.Reader(new CurrentDateSource(part, new(false, ZoneOf(zone?.Constant))))
            : new RunReader(run => ZoneOf(zone.Text(run)) is { } minutes ? run.Input.Read(new CurrentDateSource(part, new(false, minutes))) : []);
    }

    private static int? ZoneOf(string? zone) => zone is null ? null : DateZone.Parse(zone);

    private static void CheckZone(BoundWord word, DiagnosticBag diagnostics)
    {
        if (word.TextOf("zone") is { IsConstant: true } zone && DateZone.Parse(zone.Constant) is null)
        {
            diagnostics.Add(
                FilterCodes.UnknownValue, word.ValueOf("zone")!.Span, $"\"{zone.Constant}\" is no zone: a sign, two digits of hours and two of minutes, such as \"+0100\".");
        }
    }
}
