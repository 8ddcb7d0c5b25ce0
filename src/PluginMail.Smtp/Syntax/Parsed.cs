using PluginMail.Abstractions;

namespace PluginMail.Smtp;

/// <summary>What a parser made of its input: a value, or the reply that says what is wrong.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <param name="Value">The value, unless refused.</param>
/// <param name="Refusal">Why there is none.</param>
internal readonly record struct Parsed<T>(T? Value, SmtpReply? Refusal)
    where T : class
{
    public static implicit operator Parsed<T>(T value) => new(value, null);

    public static implicit operator Parsed<T>(SmtpReply refusal) => new(null, refusal);
}
