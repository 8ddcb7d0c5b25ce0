using System.Runtime.Loader;
using Gadget;
using PluginMail.Abstractions;

namespace PluginMail.Needy;

/// <summary>Uses a library that it brings along, and says whether that is its own copy.</summary>
public sealed class NeedyPlugin : IMailPlugin, IMessageCheck
{
    public ValueTask<IReadOnlyCollection<IMailRole>> StartAsync(IPluginHost host, CancellationToken cancellationToken) => new([this]);

    public ValueTask<Verdict> CheckAsync(IMessageView message, CancellationToken cancellationToken)
    {
        var own = AssemblyLoadContext.GetLoadContext(typeof(NeedyPlugin).Assembly);
        var library = AssemblyLoadContext.GetLoadContext(typeof(Gadgets).Assembly);
        var contract = AssemblyLoadContext.GetLoadContext(typeof(Verdict).Assembly);
        bool asItShould = own == library && contract == AssemblyLoadContext.Default && own != contract;
        return new(Verdict.Apply(new Effect.Tag(asItShould ? Gadgets.Text : "mixed up")));
    }

    public ValueTask DisposeAsync() => default;
}
