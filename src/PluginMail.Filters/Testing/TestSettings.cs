using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Testing;

/// <summary>
/// The settings of the engine under Pigeonhole's names. What test_config_set stores comes into force with test_config_reload; a setting that
/// this engine does not have is an error, so that no test passes because its setting did nothing.
/// </summary>
internal sealed class TestSettings
{
    private static readonly FrozenDictionary<string, Func<string, bool>> Known = new Dictionary<string, Func<string, bool>>
    {
        ["sieve_max_actions"] = IsNumber,
        ["sieve_max_redirects"] = IsNumber,
        ["sieve_include_max_nesting_depth"] = IsNumber,
        ["sieve_include_max_includes"] = IsNumber,
        ["sieve_max_script_size"] = static value => SizeOf(value) is not null,
        ["sieve_max_cpu_time"] = static value => PeriodOf(value) is not null,
        ["sieve_vacation_min_period"] = static value => PeriodOf(value) is not null,
        ["sieve_vacation_max_period"] = static value => PeriodOf(value) is not null,
        ["sieve_vacation_default_period"] = static value => PeriodOf(value) is not null,
        ["sieve_vacation_use_original_recipient"] = IsYesOrNo,
        ["sieve_vacation_dont_check_recipient"] = IsYesOrNo,
        ["sieve_vacation_send_from_recipient"] = IsYesOrNo,

        // No time passes while a file runs, so that these two are taken and make no difference.
        ["sieve_duplicate_default_period"] = static value => PeriodOf(value) is not null,
        ["sieve_duplicate_max_period"] = static value => PeriodOf(value) is not null,
        ["sieve_redirect_envelope_from"] = IsSender,
        ["sieve_notify_mailto_envelope_from"] = IsSender,
        ["recipient_delimiter"] = static _ => true,
        ["sieve_subaddress_sep"] = static _ => true,
        ["sieve_editheader_max_header_size"] = static value => SizeOf(value) is > 0,
        ["sieve_user_email"] = static value => MailAddress.IsAddress(value.Trim('<', '>')),
        ["sieve_editheader_protected"] = static _ => true,
        ["sieve_extensions"] = static _ => true,
        ["sieve_spamtest_status_type"] = static value => TestScore.Types.Contains(value),
        ["sieve_spamtest_status_header"] = TestScore.IsHeader,
        ["sieve_spamtest_max_value"] = static value => TestScore.NumberOf(value) is > 0,
        ["sieve_spamtest_max_header"] = TestScore.IsHeader,
        ["sieve_virustest_status_type"] = static value => TestScore.Types.Contains(value),
        ["sieve_virustest_status_header"] = TestScore.IsHeader,
        ["sieve_virustest_max_value"] = static value => TestScore.NumberOf(value) is > 0,
        ["sieve_virustest_max_header"] = TestScore.IsHeader,
    }.ToFrozenDictionary();

    private readonly Dictionary<string, string> _pending = [];
    private ImmutableDictionary<string, string> _active = ImmutableDictionary<string, string>.Empty;

    /// <summary>The bounds on a run.</summary>
    public FilterLimits Limits => FilterLimits.Default with
    {
        Actions = NumberOf("sieve_max_actions") ?? FilterLimits.Default.Actions,
        Redirects = NumberOf("sieve_max_redirects") ?? FilterLimits.Default.Redirects,
        IncludeDepth = NumberOf("sieve_include_max_nesting_depth") ?? FilterLimits.Default.IncludeDepth,
        Includes = NumberOf("sieve_include_max_includes") ?? FilterLimits.Default.Includes,
        Time = Period("sieve_max_cpu_time") ?? FilterLimits.Default.Time,
        FieldCharacters = _active.TryGetValue("sieve_editheader_max_header_size", out var size) ? (int)Math.Min(SizeOf(size)!.Value, int.MaxValue) : FilterLimits.Default.FieldCharacters,
    };

    /// <summary>What stands between user and detail of a local part.</summary>
    public string Separator => _active.GetValueOrDefault("sieve_subaddress_sep") ?? _active.GetValueOrDefault("recipient_delimiter") ?? "+";

    /// <summary>The reverse path of what a script sends on.</summary>
    public string RedirectSender(FilterEnvelope envelope) => SenderOf("sieve_redirect_envelope_from", envelope) ?? envelope.From ?? "";

    /// <summary>The reverse path of a notice: its author, or the owner.</summary>
    public string NotifySender(FilterEffect.Notify notify, FilterEnvelope envelope) => envelope.From is { Length: 0 } ? ""
        : SenderOf("sieve_notify_mailto_envelope_from", envelope) ?? (notify.From is { } author ? MailAddress.Bare(author) : OwnerAddress ?? envelope.To ?? "");

    /// <summary>The reverse path of an answer.</summary>
    public string VacationSender(FilterEnvelope envelope) => IsOn("sieve_vacation_send_from_recipient") ? envelope.To ?? "" : "";

    /// <summary>The owner's address; null: the recipient's.</summary>
    public string? OwnerAddress => _active.GetValueOrDefault("sieve_user_email")?.Trim('<', '>');

    /// <summary>Stores a setting, or takes it back where the value is null or empty.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    public string? Set(string name, string? value)
    {
        if (!Known.TryGetValue(name, out var isGood))
        {
            isGood = TestScore.IsTextSetting(name) ? static _ => true : null;
        }

        if (isGood is null)
        {
            return $"This engine has no setting \"{name}\"; it has {string.Join(", ", Known.Keys.Order(StringComparer.Ordinal))} and the text values of spamtest and virustest.";
        }

        if (string.IsNullOrEmpty(value))
        {
            _pending.Remove(name);
            return null;
        }

        _pending[name] = value;
        return isGood(value) ? null : $"\"{value}\" is no value of \"{name}\".";
    }

    /// <summary>What was stored comes into force.</summary>
    public void Reload() => _active = _pending.ToImmutableDictionary();

    /// <summary>How scripts are compiled.</summary>
    public FilterCompilerOptions For(FilterCompilerOptions options) => _active.TryGetValue("sieve_max_script_size", out var text)
        ? options with { Limits = options.Limits with { ScriptOctets = SizeOf(text) is > 0 and var size ? (int)Math.Min(size, int.MaxValue) : int.MaxValue } }
        : options;

    /// <summary>The capabilities that a script requires and that are not enabled.</summary>
    public IEnumerable<string> Disabled(FilterCompilation compilation)
    {
        if (!_active.TryGetValue("sieve_extensions", out var list))
        {
            return [];
        }

        var names = list.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var isRelative = names.Any(name => name[0] is '+' or '-');
        return compilation.Syntax.Commands.Where(command => command.Name == "require")
            .SelectMany(command => command.Arguments.OfType<Syntax.StringListSyntax>()).SelectMany(argument => argument.Strings).Select(text => text.Text)
            .Where(name => isRelative ? names.Contains("-" + name) : !names.Contains(name));
    }

    /// <summary>What scripts see beside the message.</summary>
    public FilterContext ContextOf(MimeFilterMessage message, IFilterHost host) => new()
    {
        Host = host,
        AnswersForOriginalRecipient = IsOn("sieve_vacation_use_original_recipient"),
        AnswersAddressedOnly = !IsOn("sieve_vacation_dont_check_recipient"),
        SpamPercent = TestScore.Of(_active, "sieve_spamtest_", message, 10) is { } ratio ? ratio * 100 : null,
        VirusLevel = TestScore.Of(_active, "sieve_virustest_", message, 5) is { } found ? 1 + (int)Math.Round(found * 4) : 0,
        ProtectedFields = _active.TryGetValue("sieve_editheader_protected", out var fields)
            ? ImmutableHashSet.Create(StringComparer.OrdinalIgnoreCase, fields.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries))
            : [],
    };

    /// <summary>An effect as the host takes it: no interval of an answer is outside of what the server allows (RFC 5230 4.1).</summary>
    public FilterEffect Bound(FilterEffect effect)
    {
        if (effect is not FilterEffect.Vacation vacation)
        {
            return effect;
        }

        var least = Period("sieve_vacation_min_period") ?? TimeSpan.Zero;
        var most = Period("sieve_vacation_max_period") is { } max && max > TimeSpan.Zero ? max : TimeSpan.MaxValue;
        var asked = vacation.HasDefaultInterval ? Period("sieve_vacation_default_period") ?? vacation.Interval : vacation.Interval;
        var interval = asked < least ? least : asked;
        return vacation with { Interval = interval > most ? most : interval };
    }

    /// <summary>The reverse path that a setting asks for; null where it is not set.</summary>
    private string? SenderOf(string setting, FilterEnvelope envelope) => !_active.TryGetValue(setting, out var value) ? null
        : envelope.From is { Length: 0 } ? ""
        : value.Trim() switch
        {
            "sender" => envelope.From,
            "recipient" => envelope.To,
            "orig_recipient" => envelope.OriginalTo ?? envelope.To,
            "user_email" => OwnerAddress ?? envelope.To,
            var address => address.Trim('<', '>'),
        };

    private bool IsOn(string setting) => _active.GetValueOrDefault(setting)?.ToUpperInvariant() == "YES";

    private static bool IsYesOrNo(string value) => value.ToUpperInvariant() is "YES" or "NO";

    private static bool IsSender(string value) => value.Trim() is "sender" or "recipient" or "orig_recipient" or "user_email" or "<>"
        || (value.Trim() is ['<', .., '>'] and var path && MailAddress.IsAddress(path[1..^1]));

    private static bool IsNumber(string value) => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private int? NumberOf(string setting) =>
        _active.TryGetValue(setting, out var text) ? (int.Parse(text, CultureInfo.InvariantCulture) is > 0 and var number ? number : int.MaxValue) : null;

    private TimeSpan? Period(string setting) => _active.TryGetValue(setting, out var text) ? PeriodOf(text) : null;

    /// <summary>Digits and one of s, m, h, d.</summary>
    private static TimeSpan? PeriodOf(string value) => Scaled(value, static unit => unit switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, _ => null }) is { } seconds
        ? TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue))
        : null;

    /// <summary>Digits and one of B, K, M, G.</summary>
    private static long? SizeOf(string value) =>
        Scaled(value, static unit => char.ToUpperInvariant(unit) switch { 'B' => 1, 'K' => 1 << 10, 'M' => 1 << 20, 'G' => 1 << 30, _ => null });

    private static long? Scaled(string value, Func<char, int?> scaleOf)
    {
        var digits = value.AsSpan().TrimEnd("smhdBbKkMGg");
        var scale = digits.Length == value.Length ? 1 : digits.Length == value.Length - 1 ? scaleOf(value[^1]) : null;
        return scale is not null && uint.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? (long)number * scale : null;
    }
}
