using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace PluginMail.Dlp.Rules;

/// <summary>A kind of numbers: how one looks, and how it is checked.</summary>
/// <param name="Name">Its name in settings.</param>
/// <param name="Form">How one looks.</param>
/// <param name="Check">Its characters alone, where it is one; null where its check digits say that it is none.</param>
/// <param name="Context">Words of which one must stand near, because the check alone lets too many through.</param>
internal sealed partial record PatternKind(string Name, Regex Form, PatternKind.Checker Check, string[] Context)
{
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
    private const int Limit = 2000;

    /// <summary>Checks what looks like one.</summary>
    internal delegate string? Checker(ReadOnlySpan<char> text);

    /// <summary>All kinds.</summary>
    public static FrozenDictionary<string, PatternKind> All { get; } = new PatternKind[]
    {
        new("card", CardForm(), PaymentNumbers.Card, []),
        new("iban", IbanForm(), PaymentNumbers.Iban, []),
        new("mrz", MrzForm(), IdentityNumbers.MachineReadable, []),
        new("passport", PassportForm(), IdentityNumbers.Plain, ["passport", "reisepass", "passeport", "pasaporte", "passaporto", "паспорт", "паспорта", "paszport"]),
        new("inn", InnForm(), IdentityNumbers.Inn, ["инн", "inn"]),
        new("snils", SnilsForm(), IdentityNumbers.Snils, []),
        new("steuer_id", SteuerIdForm(), IdentityNumbers.SteuerId, []),
        new("codice_fiscale", CodiceFiscaleForm(), IdentityNumbers.CodiceFiscale, []),
        new("nif", NifForm(), IdentityNumbers.Nif, []),
        new("ssn", SsnForm(), IdentityNumbers.Ssn, ["ssn", "social security", "social security number", "soc sec"]),
    }.ToFrozenDictionary(kind => kind.Name, StringComparer.Ordinal);

    // Not the fraction of a number: 3.14... or, with a comma, 0,14...; a comma behind other digits parts the columns of a table.
    [GeneratedRegex(@"(?<![\p{L}\d-])(?<!\d\.)(?<!\b0,)\d(?:[ \-\u00a0]?\d){12,30}(?![\p{L}\d-])", Options, Limit)]
    private static partial Regex CardForm();

    [GeneratedRegex(@"(?<![A-Za-z\d])[A-Z]{2}\d{2}(?:[ \u00a0]?[A-Z\d]){11,30}", Options, Limit)]
    private static partial Regex IbanForm();

    [GeneratedRegex(@"(?<![A-Z\d<])[A-Z\d<]{9}\d[A-Z<]{3}\d{7}[MFX<]\d{7}[A-Z\d<]{14}[\d<]\d(?![A-Z\d<])", Options, Limit)]
    private static partial Regex MrzForm();

    [GeneratedRegex(@"(?<![\p{L}\d])(?:[A-Z]{1,2}\d{6,8}|[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ\d]{8}|\d{2}[A-Z]{2}\d{5}|\d{2} ?\d{2} ?(?:№ ?)?\d{6}|\d{9})(?![\p{L}\d])", Options, Limit)]
    private static partial Regex PassportForm();

    [GeneratedRegex(@"(?<![\p{L}\d])(?:\d{12}|\d{10})(?![\p{L}\d])", Options, Limit)]
    private static partial Regex InnForm();

    [GeneratedRegex(@"(?<![\p{L}\d])\d{3}-\d{3}-\d{3}[ -]\d{2}(?![\p{L}\d])", Options, Limit)]
    private static partial Regex SnilsForm();

    [GeneratedRegex(@"(?<![\p{L}\d])[1-9]\d ?\d{3} ?\d{3} ?\d{3}(?![\p{L}\d])", Options, Limit)]
    private static partial Regex SteuerIdForm();

    [GeneratedRegex(@"(?<![\p{L}\d])[A-Za-z]{6}[\dLMNPQRSTUVlmnpqrstuv]{2}[A-Ea-eHhLlMmPpR-Tr-t][\dLMNPQRSTUVlmnpqrstuv]{2}[A-Za-z][\dLMNPQRSTUVlmnpqrstuv]{3}[A-Za-z](?![\p{L}\d])", Options, Limit)]
    private static partial Regex CodiceFiscaleForm();

    [GeneratedRegex(@"(?<![\p{L}\d])[\dXYZxyz]\d{7}-?[A-Za-z](?![\p{L}\d])", Options, Limit)]
    private static partial Regex NifForm();

    [GeneratedRegex(@"(?<![\p{L}\d-])\d{3}[- ]\d{2}[- ]\d{4}(?![\p{L}\d-])", Options, Limit)]
    private static partial Regex SsnForm();
}
