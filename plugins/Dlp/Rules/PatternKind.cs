using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace PluginMail.Dlp.Rules;

/// <summary>A kind of numbers: how one looks, and how it is checked.</summary>
/// <param name="Name">Its name in settings.</param>
/// <param name="Form">How one looks.</param>
/// <param name="Check">Finds the one that is in what looks like it.</param>
/// <param name="Context">Words of which one must stand near, because the check alone lets too many through.</param>
internal sealed partial record PatternKind(string Name, Regex Form, PatternKind.Checker Check, string[] Context)
{
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
    private const int Limit = 2000;

    /// <summary>Checks what looks like one.</summary>
    /// <param name="text">What looks like one; other groups may stand before and behind it.</param>
    /// <param name="end">Where it ends; where there is none, before what might still begin one.</param>
    /// <returns>Its characters alone; null where its check digits say that it is none.</returns>
    internal delegate string? Checker(ReadOnlySpan<char> text, out int end);

    /// <summary>All kinds.</summary>
    public static FrozenDictionary<string, PatternKind> All { get; } = new PatternKind[]
    {
        new("card", CardForm(), PaymentNumbers.Card, []),
        new("iban", IbanForm(), PaymentNumbers.Iban, []),
        new("mrz", MrzForm(), Whole(IdentityNumbers.MachineReadable), []),
        new("passport", PassportForm(), Whole(IdentityNumbers.Plain), ["passport", "reisepass", "passeport", "pasaporte", "passaporto", "паспорт", "паспорта", "paszport"]),
        new("inn", InnForm(), Whole(IdentityNumbers.Inn), ["инн", "inn"]),
        new("snils", SnilsForm(), Whole(IdentityNumbers.Snils), []),
        new("steuer_id", SteuerIdForm(), Whole(IdentityNumbers.SteuerId), []),
        new("codice_fiscale", CodiceFiscaleForm(), Whole(IdentityNumbers.CodiceFiscale), []),
        new("nif", NifForm(), Whole(IdentityNumbers.Nif), []),
        new("ssn", SsnForm(), Whole(IdentityNumbers.Ssn), ["ssn", "social security", "social security number", "soc sec"]),
    }.ToFrozenDictionary(kind => kind.Name, StringComparer.Ordinal);

    private delegate string? WholeChecker(ReadOnlySpan<char> text);

    /// <summary>Of a form that holds one number and nothing beside it.</summary>
    private static Checker Whole(WholeChecker check) => (text, out end) =>
    {
        end = text.Length;
        return check(text);
    };

    // What may not stand in front is said behind the characters that must be there: by those a search jumps through a text, by what is
    // missing it would go character by character.

    // After a comma, as in CSV, but not a fraction: 0.4111111111111111, 0,4111111111111111. A hyphen beside it may be a dash, but not part of a word.
    [GeneratedRegex(@"[0-9](?<![\p{L}0-9]-?.)(?<![0-9]\..|(?<![0-9])0,.)(?:[ \-\u00a0]?[0-9]){12,30}(?!-?[\p{L}0-9])", Options, Limit)]
    private static partial Regex CardForm();

    [GeneratedRegex(@"[A-Za-z]{2}[0-9]{2}(?<![A-Za-z0-9].{4})(?:[ \u00a0]?[A-Za-z0-9]){11,30}", Options, Limit)]
    private static partial Regex IbanForm();

    [GeneratedRegex(@"[A-Z0-9<]{9}[0-9](?<![A-Z0-9<].{10})[A-Z<]{3}[0-9]{7}[MFX<][0-9]{7}[A-Z0-9<]{14}[0-9<][0-9](?![A-Z0-9<])", Options, Limit)]
    private static partial Regex MrzForm();

    [GeneratedRegex(@"[A-Z0-9](?<![\p{L}0-9].)(?:(?<=[A-Z])[A-Z]?[0-9]{6,8}|(?<=[CFGHJKLMNPRTVWXYZ])[CFGHJKLMNPRTVWXYZ0-9]{8}|(?<=[0-9])(?:[0-9][A-Z]{2}[0-9]{5}|[0-9] ?[0-9]{2} ?(?:№ ?)?[0-9]{6}|[0-9]{8}))(?![\p{L}0-9])", Options, Limit)]
    private static partial Regex PassportForm();

    [GeneratedRegex(@"[0-9]{10}(?<![\p{L}0-9].{10})(?:[0-9]{2})?(?![\p{L}0-9])", Options, Limit)]
    private static partial Regex InnForm();

    [GeneratedRegex(@"[0-9]{3}-(?<![\p{L}0-9].{4})[0-9]{3}-[0-9]{3}[ -][0-9]{2}(?![\p{L}0-9])", Options, Limit)]
    private static partial Regex SnilsForm();

    [GeneratedRegex(@"[1-9][0-9](?<![\p{L}0-9].{2}) ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}(?![\p{L}0-9])", Options, Limit)]
    private static partial Regex SteuerIdForm();

    [GeneratedRegex(@"[A-Za-z]{6}[0-9LMNPQRSTUVlmnpqrstuv]{2}[A-Ea-eHhLlMmPpR-Tr-t](?<![\p{L}0-9].{9})[0-9LMNPQRSTUVlmnpqrstuv]{2}[A-Za-z][0-9LMNPQRSTUVlmnpqrstuv]{3}[A-Za-z](?![\p{L}0-9])", Options, Limit)]
    private static partial Regex CodiceFiscaleForm();

    [GeneratedRegex(@"[0-9XYZxyz][0-9]{7}(?<![\p{L}0-9].{8})-?[A-Za-z](?![\p{L}0-9])", Options, Limit)]
    private static partial Regex NifForm();

    [GeneratedRegex(@"[0-9]{3}[- ](?<![\p{L}0-9-].{4})[0-9]{2}[- ][0-9]{4}(?![\p{L}0-9-])", Options, Limit)]
    private static partial Regex SsnForm();
}
