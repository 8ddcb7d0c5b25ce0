using PluginMail.Pipeline;
using PluginMail.Pop3.Sessions;

namespace PluginMail.Pop3.Commands;

/// <summary>AUTH (RFC 5034): a SASL exchange. Without a mechanism it lists them, as clients older than CAPA expect.</summary>
/// <param name="Mechanism">The mechanism; empty to list them.</param>
/// <param name="Initial">The initial response, decoded; null for none.</param>
internal sealed record Auth(string Mechanism, byte[]? Initial) : Pop3Command
{
    /// <summary>The row of the table.</summary>
    public static readonly Pop3Verb Verb = new("AUTH", "mechanism [initial-response]", Pop3States.Authorization, Parse);

    /// <inheritdoc/>
    public override ValueTask<Pop3Answer> RunAsync(Pop3Context context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Begin(context));

    /// <summary>The command without the response, which may hold a password.</summary>
    /// <returns>As <c>AUTH PLAIN</c>.</returns>
    public override string ToString() => $"{Verb.Name} {Mechanism}";

    private Pop3Answer Begin(Pop3Context context)
    {
        bool isEncrypted = context.Connection.IsEncrypted;
        if (Mechanism.Length == 0)
        {
            return new Pop3Answer.Listing("mechanisms follow", context.SignIn.MechanismsFor(isEncrypted));
        }

        if (context.SignIn.Begin(Mechanism, context.Origin) is { } exchange)
        {
            return new Pop3Answer.Exchange(exchange, Initial);
        }

        bool underTls = context.SignIn.MechanismsFor(isEncrypted: true).Contains(Mechanism, StringComparer.OrdinalIgnoreCase);
        return Pop3Answer.Error(underTls && !isEncrypted ? User.NeedsTls : "the mechanism is not offered");
    }

    private static Auth? Parse(string argument)
    {
        string[] parts = argument.Trim(' ').Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return parts switch
        {
            [] => new Auth("", null),
            [var mechanism] => new Auth(mechanism, null),
            [var mechanism, "="] => new Auth(mechanism, []), // RFC 5034 section 4: an empty response
            [var mechanism, var initial] => SaslBase64.TryDecode(initial, out byte[]? decoded) ? new Auth(mechanism, decoded) : null,
            _ => null,
        };
    }
}
