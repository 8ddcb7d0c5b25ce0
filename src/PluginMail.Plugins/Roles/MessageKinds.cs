using PluginMail.Abstractions;

namespace PluginMail.Plugins.Roles;

internal sealed class MessageCheckKind : VerdictKind<IMessageCheck, IMessageView>
{
    public static readonly MessageCheckKind Instance = new();

    public override string Name => "message check";

    public override ValueTask<Verdict> Call(IMessageCheck role, IMessageView input, CancellationToken cancellationToken) =>
        role.CheckAsync(input, cancellationToken);
}

internal sealed class MessageEditorKind : VerdictKind<IMessageEditor, IMessageView>
{
    public static readonly MessageEditorKind Instance = new();

    public override string Name => "message editor";

    public override ValueTask<Verdict> Call(IMessageEditor role, IMessageView input, CancellationToken cancellationToken) =>
        role.EditAsync(input, cancellationToken);
}

internal sealed class OutboundEditorKind : VerdictKind<IOutboundEditor, IMessageView>
{
    public static readonly OutboundEditorKind Instance = new();

    public override string Name => "outbound editor";

    public override ValueTask<Verdict> Call(IOutboundEditor role, IMessageView input, CancellationToken cancellationToken) =>
        role.EditOutboundAsync(input, cancellationToken);
}
