using System.Collections.Immutable;
using PluginMail.Pipeline;
using PluginMail.Plugins.Generations;

namespace PluginMail.Plugins.Roles;

/// <summary>A plugin's n-th role of a kind, of whichever version serves at the moment of the call, or of the one that remembers the session.</summary>
/// <param name="slot">The plugin.</param>
/// <param name="kind">The kind.</param>
/// <param name="roles">Where a version keeps its roles of this kind.</param>
/// <param name="index">Which of them.</param>
internal sealed class PluginRole<TRole, TInput, TAnswer>(
    PluginSlot slot, RoleKind<TRole, TInput, TAnswer> kind, Func<RoleTable, ImmutableArray<HostedRole<TRole>>> roles, int index)
    : Role<TInput, TAnswer>(slot.Name)
    where TRole : class
{
    private readonly Invoker<TRole, TInput, TAnswer> _invoker = new(slot, kind);

    public override ValueTask<RoleAnswer<TAnswer>> AskAsync(TInput input, CancellationToken cancellationToken) =>
        AskAsync(input, cancellationToken, cancellationToken);

    public override ValueTask<RoleAnswer<TAnswer>> AskAsync(TInput input, CancellationToken stageEnd, CancellationToken cancellationToken)
    {
        if (slot.Enter(kind.SessionOf(input)) is { } generation)
        {
            var hosted = roles(generation.Roles);
            if (index < hosted.Length)
            {
                return _invoker.InvokeAsync(generation, hosted[index], input, stageEnd, cancellationToken);
            }

            generation.Exit();
        }

        return new ValueTask<RoleAnswer<TAnswer>>(new RoleAnswer<TAnswer>(kind.Absent, null));
    }
}
