using PluginMail.Abstractions;

namespace PluginMail.Plugins.Tests.Manual;

// sample: Effects
internal sealed class OwnOrganization : IMessageEditor
{
    public ValueTask<Verdict> EditAsync(IMessageView message, CancellationToken cancellationToken) =>
        new(message.Direction == Direction.Outgoing
            ? Verdict.Apply(new HeaderEdit.Replace("Organization", "Example Inc."), new Effect.Tag("labelled"))
            : Verdict.Pass);
}
// end sample
