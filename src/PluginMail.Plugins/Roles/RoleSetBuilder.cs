using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Plugins.Generations;

namespace PluginMail.Plugins.Roles;

/// <summary>Lists the roles of the serving versions, in mail.toml's order.</summary>
internal static class RoleSetBuilder
{
    public static RoleSet Build(IEnumerable<PluginSlot> slots)
    {
        (PluginSlot Slot, RoleTable Roles)[] serving =
        [
            .. slots.Where(slot => slot.Current is not null).Select(slot => (slot, slot.Current?.Roles ?? RoleTable.Empty)),
        ];
        return new RoleSet
        {
            SessionChecks =
            [
                .. serving.SelectMany(plugin => plugin.Roles.SessionChecks.Select((_, index) => new PluginSessionRole(plugin.Slot, index))),
            ],
            MessageChecks = List(serving, MessageCheckKind.Instance, roles => roles.MessageChecks),
            MessageEditors = List(serving, MessageEditorKind.Instance, roles => roles.MessageEditors),
            OutboundEditors = List(serving, OutboundEditorKind.Instance, roles => roles.OutboundEditors),
            Authenticators = List(serving, AuthenticatorKind.Instance, roles => roles.Authenticators),
            Directories = List(serving, DirectoryKind.Instance, roles => roles.Directories),
            MailboxObservers = List(serving, MailboxObserverKind.Instance, roles => roles.MailboxObservers),
            FilterVocabularies =
            [
                .. serving.Where(plugin => plugin.Roles.FilterTests.Count + plugin.Roles.FilterActions.Count > 0)
                    .Select(plugin => (plugin.Slot.Name, (IFilterVocabulary)new HostedVocabulary(plugin.Slot, plugin.Roles))),
            ],
        };
    }

    private static ImmutableArray<Role<TInput, TAnswer>> List<TRole, TInput, TAnswer>(
        IEnumerable<(PluginSlot Slot, RoleTable Roles)> serving,
        RoleKind<TRole, TInput, TAnswer> kind,
        Func<RoleTable, ImmutableArray<HostedRole<TRole>>> roles)
        where TRole : class =>
    [
        .. serving.SelectMany(plugin => roles(plugin.Roles).Select(
            (_, index) => new PluginRole<TRole, TInput, TAnswer>(plugin.Slot, kind, roles, index))),
    ];
}
