using PluginMail.Abstractions;

namespace PluginMail.Smtp;

/// <summary>HELP (RFC 5321 section 4.1.1.8): lists the commands; an argument is ignored.</summary>
internal sealed record HelpCommand
{
    private static readonly HelpCommand Instance = new();

    public static readonly Verb Verb = new Verb<HelpCommand>("HELP", SessionPhases.Any, Parse, HelpHandler.HandleAsync);

    public static Parsed<HelpCommand> Parse(ReadOnlySpan<byte> argument) => Instance;
}

/// <summary>Handles HELP.</summary>
internal static class HelpHandler
{
    public static ValueTask<Outcome> HandleAsync(HelpCommand command, SessionContext session, CancellationToken cancellationToken) =>
        new(new SmtpReply(214, new(2, 0, 0), "Commands:\n" + string.Join(' ', VerbTable.All.Where(verb => IsServed(verb, session)).Select(verb => verb.Name))));

    private static bool IsServed(Verb verb, SessionContext session) =>
        session.IsLmtp ? verb != EhloCommand.Verb && verb != HeloCommand.Verb : verb != LhloCommand.Verb;
}
