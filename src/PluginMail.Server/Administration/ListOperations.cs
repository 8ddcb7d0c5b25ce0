using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Storage;

namespace PluginMail.Server;

/// <summary>Distribution lists: add, remove, list, show, set, and their members.</summary>
internal static class ListOperations
{
    public static IReadOnlyDictionary<string, AdminOperation> All { get; } = new Dictionary<string, AdminOperation>
    {
        ["list add"] = AddAsync,
        ["list remove"] = RemoveAsync,
        ["list list"] = ListAsync,
        ["list show"] = ShowAsync,
        ["list set"] = SetAsync,
        ["list member add"] = AddMembersAsync,
        ["list member remove"] = RemoveMembersAsync,
    };

    private static async Task<AdminResponse> AddAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        EmailAddress address = services.ReadAddress(request["address"]);
        DistributionList list = Change(services, request, new DistributionList(address, ReadMembers(services, request)));
        DirectoryChange change = await services.Store.Directory.AddListAsync(list, cancellationToken);
        return change == DirectoryChange.Done ? AdminResponse.Done($"list {address} added") : Problem(change, address);
    }

    private static async Task<AdminResponse> RemoveAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        EmailAddress address = services.ReadAddress(request["address"]);
        DirectoryChange change = await services.Store.Directory.RemoveListAsync(address, cancellationToken);
        return change == DirectoryChange.Done ? AdminResponse.Done($"list {address} removed") : Problem(change, address);
    }

    private static async Task<AdminResponse> ListAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        IReadOnlyList<DistributionList> lists = await services.Store.Directory.ListListsAsync(request.Find("domain"), cancellationToken);
        return new AdminResponse(0, Table: new AdminTable(
            ["list", "members", "posting", "owner"],
            [.. lists.Select(list => (IReadOnlyList<string>)
                [list.Address.ToString(), $"{list.Members.Length}", AdminArguments.Word(list.Posting), list.Owner?.ToString() ?? "postmaster"])]));
    }

    private static async Task<AdminResponse> ShowAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        EmailAddress address = services.ReadAddress(request["address"]);
        return await services.Store.Directory.FindListAsync(address, cancellationToken) is { } list
            ? new AdminResponse(0, Table: new AdminTable(
                ["setting", "value"],
                [
                    ["list", list.Address.ToString()],
                    ["name", list.Name],
                    ["posting", AdminArguments.Word(list.Posting)],
                    ["owner", list.Owner?.ToString() ?? "postmaster"],
                    ["replies", list.RepliesGoToList ? "to the list" : "to the sender"],
                    .. list.Senders.Select(sender => (IReadOnlyList<string>)["sender", sender.ToString()]),
                    .. list.Members.Select(member => (IReadOnlyList<string>)["member", member.ToString()]),
                ]))
            : Problem(DirectoryChange.NotFound, address);
    }

    private static async Task<AdminResponse> SetAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        EmailAddress address = services.ReadAddress(request["address"]);
        _ = Change(services, request, new DistributionList(address, [])); // what is unusable is said before the store is asked
        DirectoryChange change = await services.Store.Directory.ChangeListAsync(address, list => Change(services, request, list), cancellationToken);
        return change == DirectoryChange.Done ? AdminResponse.Done($"list {address} changed") : Problem(change, address);
    }

    private static async Task<AdminResponse> AddMembersAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        EmailAddress address = services.ReadAddress(request["address"]);
        ImmutableArray<EmailAddress> members = ReadMembers(services, request);
        int before = 0;
        int after = 0;
        DirectoryChange change = await services.Store.Directory.ChangeListAsync(
            address,
            list =>
            {
                ImmutableArray<EmailAddress> added = [.. members.Where(member => !Names(list.Members, member))];
                (before, after) = (list.Members.Length, list.Members.Length + added.Length);
                return list with { Members = list.Members.AddRange(added) };
            },
            cancellationToken);
        return change == DirectoryChange.Done
            ? AdminResponse.Done($"list {address} has {after - before} new members, {after} in all")
            : Problem(change, address);
    }

    private static async Task<AdminResponse> RemoveMembersAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        EmailAddress address = services.ReadAddress(request["address"]);
        ImmutableArray<EmailAddress> members = ReadMembers(services, request);
        int removed = 0;
        DirectoryChange change = await services.Store.Directory.ChangeListAsync(
            address,
            list =>
            {
                ImmutableArray<EmailAddress> left = [.. list.Members.Where(member => !Names(members, member))];
                removed = list.Members.Length - left.Length;
                return list with { Members = left };
            },
            cancellationToken);
        return change != DirectoryChange.Done ? Problem(change, address)
            : removed == 0 ? AdminResponse.Failed($"none of them is a member of {address}")
            : AdminResponse.Done($"{removed} members removed from list {address}");
    }

    private static ImmutableArray<EmailAddress> ReadMembers(AdminServices services, AdminRequest request) => [.. request.Items.Select(services.ReadAddress)];

    private static bool Names(ImmutableArray<EmailAddress> addresses, EmailAddress address) =>
        addresses.Any(known => known.ToString().Equals(address.ToString(), StringComparison.OrdinalIgnoreCase));

    private static DistributionList Change(AdminServices services, AdminRequest request, DistributionList list) => list with
    {
        Name = request.Find("name") ?? list.Name,
        Posting = request.FindWord<ListPosting>("posting") ?? list.Posting,
        Senders = request.Find("senders") is { } senders
            ? [.. senders.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries).Select(services.ReadAddress)]
            : list.Senders,
        Owner = DomainSettings.Given(request, "owner", list.Owner, services.ReadAddress),
        RepliesGoToList = request.FindSwitch("replies-to-list") ?? list.RepliesGoToList,
    };

    private static AdminResponse Problem(DirectoryChange change, EmailAddress address) => AdminResponse.Failed(change switch
    {
        DirectoryChange.NotFound => $"there is no list {address}",
        DirectoryChange.UnknownDomain => $"domain {address.Domain} is not served here; add it first: domain add {address.Domain}",
        DirectoryChange.LimitReached =>
            $"a list has at most {DistributionList.MaximumMembers} members and {DistributionList.MaximumSenders} senders",
        _ => $"{address} is there already",
    });
}
